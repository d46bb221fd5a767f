import { decidesInOrder } from '../../../engine/declare/index.ts'
import { topology } from '../../../services/topology.ts'

/** `records` of the topics that hold the decisions of stages. */
export const decisionTopics = topology.stages.flatMap(stage => (decidesInOrder(stage) ? [stage.decisions.records] : []))
