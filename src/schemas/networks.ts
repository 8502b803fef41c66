import { z } from 'zod'
import { labelSchema } from '../networks/labels.ts'
import { MOST_WEIGHTS } from '../networks/network.ts'
import { networkSchema } from '../networks/spec.ts'

/** What PUT /v1/models/{model} takes. */
export const networkBodySchema = z
  .strictObject({
    ...networkSchema.shape,
    labels: z.array(labelSchema).optional().meta({
      description:
        'Name of each output, in order; class 0, class 1, … by default. Of a single output the names of the classes 0 and 1, or of class 1 alone: its score is that of class 1',
    }),
  })
  .meta({
    id: 'NetworkSpec',
    description: `A network as a list of layers, of at most ${MOST_WEIGHTS} weights together`,
    example: {
      input: [1, 28, 28],
      layers: [
        { type: 'conv2d', filters: 8, kernel: 3, padding: 'same' },
        { type: 'relu' },
        { type: 'maxPool', size: 2 },
        { type: 'fullyConnected', units: 2 },
      ],
      seed: 7,
      labels: ['circle', 'cross'],
    },
  })
