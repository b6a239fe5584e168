// The one program of Sallyport. It loads only the part that is asked for: a replica starts its controller's thread and
// its processes for expressions from this same file.
import { isMainThread } from 'node:worker_threads'
import { expressionsArgument } from './own-program.ts'

if (!isMainThread) await import('./controller-main.ts')
else if (process.argv[2] === expressionsArgument) await import('./expression/worker.ts')
else await import('./main.ts')
