/** A real Kafka cluster and a schema registry on this machine, for tests and development. */
export { type Availability, isAvailable } from './availability.ts'
export { type BrokerOptions, type LocalKafka, startBroker } from './cluster.ts'
export { LocalKafkaError } from './errors.ts'
export { type LocalRegistry, type RegistryOptions, startRegistry } from './registry/registry.ts'
