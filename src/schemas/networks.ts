import { z } from 'zod'
import { layerKinds } from '../networks/layers/index.ts'
import { MOST_WEIGHTS } from '../networks/network.ts'
import { MOST_LAYERS } from '../networks/spec.ts'

const kinds = [...layerKinds.values()].map(({ type, formula }) => `${type} (${formula})`).join(', ')

/** What PUT /v1/models/{model} takes, as the document shows it; `readSpec` reads the layers. */
export const networkBodySchema = z
  .strictObject({
    input: z.array(z.int().min(1)).meta({
      description: 'Sides of one input: the number of features, or channels, rows and columns',
    }),
    layers: z
      .array(
        z.looseObject({
          type: z.string().meta({ description: 'Kind of the layer' }),
          name: z.string().optional().meta({
            description: 'Its name; by default the kind with a number, as conv2d_1',
            example: 'first',
          }),
        }),
      )
      .min(1)
      .max(MOST_LAYERS)
      .meta({
        description: `The layers, first to last, ${MOST_LAYERS} at most with ${MOST_WEIGHTS} weights together, each with the parameters of its kind: ${kinds}`,
      }),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional()
      .meta({ description: 'Of the weights before training; 0 by default' }),
    labels: z
      .array(z.string().regex(/^[^\r\n]{1,200}$/))
      .optional()
      .meta({ description: 'Name of each output, in order; class 0, class 1, … by default' }),
  })
  .meta({
    id: 'NetworkSpec',
    description: 'A network as a list of layers',
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
