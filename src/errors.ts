import type { AugmentErrorKind } from './augment/errors.ts'
import type { CoreErrorKind } from './core/errors.ts'
import type { ExplainErrorKind } from './explain/errors.ts'
import { type Fault, FaultsError, inWords } from './faults/fault.ts'
import { FilterError, type FilterErrorKind } from './filters/errors.ts'
import type { ImagingErrorKind, TensorErrorKind } from './imaging/errors.ts'
import type { JobErrorKind, NetworkErrorKind } from './networks/errors.ts'
import type { OnnxErrorKind } from './onnx/errors.ts'
import { type PoolErrorKind, TaskError } from './pool/errors.ts'

interface Problem {
  readonly status: number
  readonly title: string
  /** what the client can do about it */
  readonly remedy: string
}
const table = <K extends string>(rows: { readonly [T in K]: Problem }): { readonly [T in K]: Problem } => rows

/** Everything the service refuses or fails at. The error handler, openapi.yaml and /problems read this table. */
export const problems = table({
  'malformed-request': {
    status: 400,
    title: 'The request is not well-formed HTTP',
    remedy: 'Use an HTTP client library, and let it compute lengths and encodings.',
  },
  'malformed-url': {
    status: 400,
    title: 'The path of the URL cannot be decoded',
    remedy: 'Percent-encode the path: a literal % is written %25.',
  },
  'malformed-multipart': {
    status: 400,
    title: 'The multipart body cannot be read',
    remedy:
      'Let the client library build the form, as `curl -F image=@cat.jpg` does, and do not set its content type by hand.',
  },
  'missing-image': {
    status: 400,
    title: 'The request has no image',
    remedy:
      "Send the file as the body: `curl --data-binary @cat.png -H 'content-type: image/png' …`, or as a form: `curl -F image=@cat.png …`.",
  },
  'unknown-route': {
    status: 404,
    title: 'There is nothing at this path',
    remedy: 'GET /v1 lists where to go; GET /openapi.yaml describes every path.',
  },
  'unknown-model': {
    status: 404,
    title: 'There is no model of this name',
    remedy: 'GET /v1/models lists the models.',
  },
  'unknown-job': {
    status: 404,
    title: 'There is no job of this id',
    remedy:
      'GET /v1/jobs lists the jobs; those that are over are forgotten in time, and their network stays.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take this method',
    remedy: 'Use a method of the Allow header.',
  },
  'not-acceptable': {
    status: 406,
    title: 'The answer exists in none of the accepted formats',
    remedy: 'Accept one of the formats that detail names, or leave the Accept header out.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send it again over a faster connection, or send smaller pictures.',
  },
  'unusable-model': {
    status: 409,
    title: 'The model is there, but cannot be used',
    remedy: 'The detail says what is wrong with its files: mend them and start the service again.',
  },
  'fixed-model': {
    status: 409,
    title: 'The model was not made here, and stays as it is',
    remedy: 'Take another id: those of models that came with the service or in MODELS_DIR are taken.',
  },
  'in-training': {
    status: 409,
    title: 'The network is being trained',
    remedy: 'Wait for its job to end, or DELETE the job.',
  },
  'damaged-job': {
    status: 409,
    title: 'The files of the job are damaged',
    remedy: 'DELETE the job, and train anew.',
  },
  'not-interrupted': {
    status: 409,
    title: 'The job is not interrupted, so it cannot be resumed',
    remedy: 'GET the job for its status; POST /v1/trainings trains its network further.',
  },
  'not-a-network': {
    status: 409,
    title: 'The model is there, but is no network of layers',
    remedy: 'Take a network that was made or trained here: models that were imported have no list of layers.',
  },
  'body-too-large': {
    status: 413,
    title: 'The request body is longer than the limit',
    remedy: 'Send smaller pictures or fewer of them, or have BODY_LIMIT raised.',
  },
  'too-much-work': {
    status: 413,
    title: 'The picture is too large for what is asked of it',
    remedy: 'The detail names the limit: ask for less, or send a smaller picture.',
  },
  'url-too-long': {
    status: 414,
    title: 'The URL is too long',
    remedy: 'Check the name of the model, which GET /v1/models lists, and shorten the query.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that is not taken here',
    remedy:
      'Send a PNG, JPEG, WebP, GIF, TIFF or AVIF to a model that takes pictures, or a tensor as application/x-npy or application/json, and name the type in the Content-Type header.',
  },
  'unknown-expectation': {
    status: 417,
    title: 'The Expect header asks for what is not known here',
    remedy: 'Leave the Expect header out, or say 100-continue.',
  },
  'invalid-parameter': {
    status: 422,
    title: 'Parameters cannot be used as given',
    remedy:
      'Correct each parameter that errors names; GET /openapi.yaml describes them all, GET /v1/methods and GET /v1/filters those of each method and filter.',
  },
  'empty-image': {
    status: 422,
    title: 'The image has no bytes',
    remedy: 'Check that the file exists and is not empty; with curl, write @ before its name.',
  },
  'corrupt-image': {
    status: 422,
    title: 'The image is truncated or damaged',
    remedy: 'Send the whole file, or save the picture again.',
  },
  'image-too-large': {
    status: 422,
    title: 'The image has too many pixels',
    remedy: 'Scale the picture down before sending it; the model sees a few hundred pixels a side.',
  },
  'image-too-complex': {
    status: 422,
    title: 'The image takes too much work to decode',
    remedy: 'Save the picture again as a baseline JPEG or a PNG.',
  },
  'unusable-tensor': {
    status: 422,
    title: 'The tensor cannot be used',
    remedy:
      'Save plain numbers, with numpy.save for example. For a model: float32 (in JSON: FP32) of shape (N,C,H,W) with its C, H and W, all values finite.',
  },
  'not-explainable': {
    status: 422,
    title: 'The method cannot explain this model',
    remedy: 'Choose another method: GET /v1/methods.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The URL and the headers together are too long',
    remedy: 'Send a shorter URL, or fewer or shorter headers, cookies included.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong in the service',
    remedy: 'Try again; if it happens again, report it with the request id in instance.',
  },
  'worker-crashed': {
    status: 500,
    title: 'The worker died while it ran this request',
    remedy: 'Try again; if it happens again, report it with the request id in instance.',
  },
  'not-ready': {
    status: 503,
    title: 'The service is still starting',
    remedy: 'Wait as long as Retry-After says; GET /readyz tells when it is ready.',
  },
  'queue-full': {
    status: 503,
    title: 'The queue is full',
    remedy: 'Wait as long as Retry-After says, then send the request again.',
  },
  'shutting-down': {
    status: 503,
    title: 'The service is shutting down',
    remedy: 'Send the request again, to another instance if there is one.',
  },
  'no-room': {
    status: 507,
    title: 'There is no room for another network',
    remedy: 'DELETE networks that nobody needs any longer, or make a smaller one.',
  },
  'disk-full': {
    status: 507,
    title: 'What is to be kept cannot be written',
    remedy: 'Have space made in DATA_DIR, DELETE networks that nobody needs any longer, or try again later.',
  },
  'deadline-exceeded': {
    status: 504,
    title: 'The deadline passed before the answer was ready',
    remedy: 'Ask for less (fewer samples or steps, a smaller batch), or have DEADLINE_MS raised.',
  },
})

/** The kinds of errors. */
export type ProblemType = keyof typeof problems
/** Whether a text names a row of the table; names of what all objects have do not. */
export const isProblemType = (text: string): text is ProblemType => Object.hasOwn(problems, text)
/** Every row, in the order of the table. */
export const problemTypes: readonly ProblemType[] = Object.keys(problems).filter(isProblemType)

/** One parameter at fault, as the client will see it. */
export type ParameterError = Fault

interface HttpErrorOptions extends ErrorOptions {
  readonly errors?: readonly ParameterError[]
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal as the client will see it: a row of the table, a sentence, and the parameters at fault. */
export class HttpError extends Error {
  readonly type: ProblemType
  readonly errors: readonly ParameterError[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    type: ProblemType,
    detail: string,
    { errors = [], headers = {}, ...options }: HttpErrorOptions = {},
  ) {
    super(detail, options)
    this.name = 'HttpError'
    this.type = type
    this.errors = errors
    this.headers = headers
  }
}

/** Every bad parameter in one error. */
export const invalidParameters = (errors: readonly ParameterError[]): HttpError =>
  new HttpError('invalid-parameter', inWords(errors), { errors })

/** What each kind of error of the layers below is to a client. A new kind without a row is a compile error. */
const pool: { readonly [K in PoolErrorKind]: ProblemType } = {
  'queue-full': 'queue-full',
  deadline: 'deadline-exceeded',
  cancelled: 'deadline-exceeded',
  'worker-crashed': 'worker-crashed',
  draining: 'shutting-down',
}
const core: { readonly [K in CoreErrorKind]: ProblemType } = {
  shape: 'internal-error',
  graph: 'internal-error',
  'not-differentiable': 'not-explainable',
  unsupported: 'unusable-model',
  'out-of-memory': 'internal-error',
  cancelled: 'deadline-exceeded',
  'team-lost': 'worker-crashed',
}
const imaging: { readonly [K in ImagingErrorKind]: ProblemType } = {
  empty: 'empty-image',
  'unsupported-type': 'unsupported-media-type',
  corrupt: 'corrupt-image',
  'too-large': 'image-too-large',
  'too-complex': 'image-too-complex',
}
const tensor: { readonly [K in TensorErrorKind]: ProblemType } = {
  corrupt: 'unusable-tensor',
  dtype: 'unusable-tensor',
  shape: 'unusable-tensor',
  value: 'unusable-tensor',
}
const explain: { readonly [K in ExplainErrorKind]: ProblemType } = {
  'unknown-layer': 'invalid-parameter',
  'bad-card': 'unusable-model',
  'bad-target': 'invalid-parameter',
  'bad-parameter': 'invalid-parameter',
}
const filter: { readonly [K in FilterErrorKind]: ProblemType } = {
  'bad-parameter': 'invalid-parameter',
  'too-large': 'too-much-work',
}
const augment: { readonly [K in AugmentErrorKind]: ProblemType } = {
  'bad-parameter': 'invalid-parameter',
}
const network: { readonly [K in NetworkErrorKind]: ProblemType } = {
  'bad-spec': 'invalid-parameter',
  'bad-data': 'invalid-parameter',
  diverged: 'invalid-parameter',
  taken: 'fixed-model',
  'no-room': 'no-room',
}
const job: { readonly [K in JobErrorKind]: ProblemType } = {
  full: 'queue-full',
  closing: 'shutting-down',
  'in-training': 'in-training',
  damaged: 'damaged-job',
  'not-interrupted': 'not-interrupted',
}
const onnx: { readonly [K in OnnxErrorKind]: ProblemType } = {
  malformed: 'unusable-model',
  unsupported: 'unusable-model',
}
const faults = { invalid: 'invalid-parameter' } as const
const card = { 'bad-card': 'unusable-model' } as const
const parameters: ReadonlyMap<string, string> = new Map([
  ['unknown-layer', 'layer'],
  ['bad-target', 'target'],
])

/** Error class → kind → type. By name, because errors from workers arrive as copies. */
const byName: ReadonlyMap<string, ReadonlyMap<string, ProblemType>> = new Map(
  Object.entries({
    PoolError: pool,
    CoreError: core,
    ImagingError: imaging,
    TensorError: tensor,
    ExplainError: explain,
    FilterError: filter,
    AugmentError: augment,
    NetworkError: network,
    JobError: job,
    FaultsError: faults,
    OnnxError: onnx,
    CardError: card,
  }).map(([name, kinds]) => [name, new Map(Object.entries(kinds))]),
)

/**
 * Errors known by their code: Fastify's that a client can cause, whose own messages echo what came, however long, and those of
 * a disk on which nothing can be kept.
 */
const byCode: ReadonlyMap<string, readonly [ProblemType, detail: string]> = new Map([
  ['FST_ERR_BAD_URL', ['malformed-url', 'the path cannot be decoded: after a % come two hexadecimal digits']],
  ['FST_ERR_MAX_PARAM_LENGTH', ['url-too-long', 'a part of the path is longer than any name here']],
  ['FST_ERR_NOT_FOUND', ['unknown-route', 'there is nothing at this path']],
  ['FST_ERR_CTP_BODY_TOO_LARGE', ['body-too-large', 'the body is longer than the limit']],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    ['unsupported-media-type', 'the Content-Type header is not a media type such as image/png'],
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    ['malformed-request', 'the body is not as long as Content-Length says'],
  ],
  [
    'FST_ERR_ROUTE_MISSING_CONTENT_TYPE',
    ['unsupported-media-type', 'the request has no Content-Type header'],
  ],
  ['ENOSPC', ['disk-full', 'there is no space left where networks and trainings are kept']],
  ['EDQUOT', ['disk-full', 'there is no space left where networks and trainings are kept']],
  ['EROFS', ['disk-full', 'where networks and trainings are kept, nothing can be written']],
])

const SHORTEST_RETRY_SECONDS = 1

/** Any error as what the client gets. What nobody foresaw becomes `internal-error`, with the original as its cause. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof Error) {
    const known = byCode.get(textOf(error, 'code'))
    if (known) return new HttpError(...known, { cause: error })
    const kind = textOf(error, 'kind')
    const type = byName.get(error.name)?.get(kind)
    if (type !== undefined && problems[type].status !== 500) return refusal(type, kind, error)
    if (type !== undefined) return new HttpError(type, 'the request could not be finished', { cause: error })
  }
  return new HttpError('internal-error', 'the request failed for a reason that the service did not expect', {
    cause: error,
  })
}

const textOf = (error: object, key: 'code' | 'kind' | 'parameter'): string => {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : ''
}

function refusal(type: ProblemType, kind: string, error: Error): HttpError {
  const parameter = textOf(error, 'parameter') || parameters.get(kind)
  const several =
    error instanceof FilterError || error instanceof FaultsError || error instanceof TaskError
      ? error.faults
      : []
  const errors =
    several.length > 0 || parameter === undefined ? several : [{ parameter, message: error.message }]
  const retry =
    'retryAfterSeconds' in error && typeof error.retryAfterSeconds === 'number'
      ? error.retryAfterSeconds
      : SHORTEST_RETRY_SECONDS
  const headers: Record<string, string> = problems[type].status === 503 ? { 'retry-after': `${retry}` } : {}
  return new HttpError(type, error.message, { errors, headers, cause: error })
}

/** Messages of the layers below start small and end without a full stop. */
export const sentence = (message: string): string => {
  const text = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?)]$/.test(text) ? text : `${text}.`
}
