import { Type } from 'typebox'
import { durationPattern } from './duration.ts'
import { words } from './schema.ts'

const closed = { additionalProperties: false }

const Path = Type.Object(
  {
    mode: words(['Required', 'Off'], {
      default: 'Required',
      description: 'Off: the paths are the plain ones, and `addresses` must be set.',
    }),
    lifetime: Type.String({
      pattern: durationPattern,
      maxLength: 64,
      default: '10m',
      description: 'The leader makes it anew after this time; from 1m to 8760h.',
    }),
  },
  {
    ...closed,
    default: {},
    description:
      'A random part of the path of each webhook. The webhook configurations hold it. ' +
      'The leader makes it anew when it begins to lead, after a call failed, and after its lifetime.',
  },
)

/** The part `callers` of the config file. */
export const CallerConfig = Type.Object(
  {
    path: Path,
    addresses: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 256,
      default: [],
      description:
        'The addresses that calls may come from, such as `10.0.0.0/24` or `fd00::1`. Empty: calls may come from everywhere.',
    }),
  },
  {
    ...closed,
    default: {},
    description:
      'How a caller of the webhooks shows that it is the API server (docs/callers.md). A caller must give every proof that is set here.',
  },
)
