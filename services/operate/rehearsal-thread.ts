import { parentPort, workerData } from 'node:worker_threads'
import { startRehearsalModel } from '../rehearsal-model/index.ts'

/** The rehearsal model in a thread of its own, so that its work does not delay the stages'. */
const model = await startRehearsalModel(workerData)
parentPort!.postMessage(model.url)
