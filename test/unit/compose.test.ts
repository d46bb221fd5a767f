import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { variables } from '../../services/cli/settings/variables.ts'
import { topology } from '../../services/topology.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const stages = topology.stages.map(({ name }) => name)

interface Service {
  readonly image?: string
  readonly build?: object
  readonly pull_policy?: string
  readonly user?: string
  readonly command?: readonly string[]
  readonly profiles?: readonly string[]
  readonly read_only?: boolean
  readonly privileged?: boolean
  readonly ports?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly restart?: string
  readonly stop_grace_period?: string
  readonly environment?: Readonly<Record<string, string | number | null>>
  readonly volumes?: readonly string[]
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const compose = parse(read('docker-compose.yml'), { merge: true, maxAliasCount: -1 }) as Compose
const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image?.startsWith('fanno-stream:'))
/** Names of the services for which something does not hold. */
const whereNot = (holds: (service: Service) => boolean, among = services): string[] =>
  among.filter(([, service]) => !holds(service)).map(([name]) => name)

describe('docker-compose.yml', () => {
  it('has one service for each stage, which runs that stage and no other', () => {
    const found = ours.filter(([, { command }]) => command?.[0] === 'start')
    expect(found.map(([name]) => name).sort()).toEqual([...stages].sort())
    expect(found.map(([, { command }]) => command)).toEqual(found.map(([name]) => ['start', name]))
  })

  it('starts a stage once topics and schemas are there, again after a failure, and lets it drain', () => {
    const asStage = ({ depends_on, restart, stop_grace_period }: Service) => ({
      depends_on,
      restart,
      stop_grace_period
    })
    const done = { condition: 'service_completed_successfully' }
    for (const stage of stages)
      expect(asStage(compose.services[stage]!)).toEqual({
        depends_on: { topics: done, schemas: done },
        restart: 'unless-stopped',
        // A drain takes 25 s at most.
        stop_grace_period: '30s'
      })
  })

  it('pins every image to a version; ours has that of the package, and is never fetched from elsewhere', () => {
    expect(whereNot(({ image }) => /^[\w./-]+:v?\d+\.\d+\.\d+$/.test(image ?? ''))).toEqual([])
    const { version } = JSON.parse(read('package.json'))
    expect(new Set(ours.map(([, { image }]) => image))).toEqual(new Set([`fanno-stream:${version}`]))
    expect(ours.filter(([, { build }]) => build)).toHaveLength(1)
    expect(whereNot(({ pull_policy }) => pull_policy === 'never', ours)).toEqual([])
  })

  it('runs nothing as root, with privileges, or with a root file system that can be written to', () => {
    expect(whereNot(({ user }) => /^[1-9]\d*:\d+$/.test(user ?? ''))).toEqual([])
    expect(whereNot(({ read_only }) => read_only === true)).toEqual([])
    expect(whereNot(({ cap_drop, cap_add }) => cap_drop?.join() === 'ALL' && !cap_add)).toEqual([])
    expect(whereNot(({ security_opt }) => security_opt?.includes('no-new-privileges:true') ?? false)).toEqual([])
    expect(whereNot(({ privileged }) => !privileged)).toEqual([])
  })

  it('opens no port to the host, as the broker asks nobody who he is', () => {
    expect(whereNot(({ ports }) => ports === undefined)).toEqual([])
  })

  it('knows how healthy each service is, but for what ends by itself', () => {
    const ends = services.filter(([, { restart }]) => restart !== 'unless-stopped')
    expect(ends.map(([name]) => name).sort()).toEqual(['fanno', 'schemas', 'topics'])
    expect(whereNot(({ healthcheck }) => healthcheck?.disable === true, ends)).toEqual([])
    const byItsImage = new Set(stages)
    const asked = services.filter(service => !ends.includes(service) && !byItsImage.has(service[0]))
    expect(whereNot(({ healthcheck }) => (healthcheck?.test?.length ?? 0) > 1, asked)).toEqual([])
    for (const stage of stages) expect(compose.services[stage]!.healthcheck).toBeUndefined()
  })

  it('waits for no service that a profile leaves out, unless it may be missing', () => {
    const missing = services.flatMap(([name, { depends_on = {}, profiles = [] }]) =>
      Object.entries(depends_on).flatMap(([on, { required = true }]) => {
        const needs = compose.services[on]?.profiles
        return needs && required && !needs.every(profile => profiles.includes(profile)) ? [`${name} on ${on}`] : []
      })
    )
    expect(missing).toEqual([])
  })

  it('names volumes that there are', () => {
    const named = services.flatMap(([, { volumes = [] }]) => volumes.map(volume => volume.split(':')[0]!))
    expect(named.filter(name => /^[\w-]+$/.test(name) && !(name in compose.volumes))).toEqual([])
  })

  it('gives our services every variable that there is, but for what the image or a command sets', () => {
    // The log is Kafka here; the port and the folder are the image's.
    const theirs = ['FANNO_DATA_DIR', 'PORT']
    const known = Object.keys(variables.shape).filter(name => !theirs.includes(name))
    expect(known.length).toBeGreaterThan(30)
    for (const [, { environment = {} }] of ours) expect(Object.keys(environment).sort()).toEqual([...known].sort())
  })
})

describe('gpu.env', () => {
  it('sets what docker-compose.yml reads', () => {
    const set = [...read('infra/container/gpu.env').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!)
    const text = read('docker-compose.yml')
    const isRead = (name: string) => text.includes(`\${${name}`) || new RegExp(`^ +${name}:$`, 'm').test(text)
    expect(set.filter(name => name !== 'COMPOSE_PROFILES' && !isRead(name))).toEqual([])
  })

  it('names endpoints that are services of the profile', () => {
    const hosts = [...read('infra/container/gpu.env').matchAll(/^\w+_BASE_URL=http:\/\/([\w-]+):/gm)].map(
      ([, at]) => at!
    )
    expect(hosts.map(host => compose.services[host]?.profiles)).toEqual([['gpu'], ['gpu']])
  })
})

describe('the Dockerfile', () => {
  const dockerfile = read('infra/container/Dockerfile')
  it('compiles beforehand what lies in folders that exist, each with files', () => {
    const [, pattern = ''] = /globSync\('\/app\/([^']+)'\)/.exec(dockerfile) ?? []
    const [, before, folders = '', after] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? []
    const found = folders.split(',').map(folder => globSync(`${before}${folder}${after}`, { cwd: root }).length)
    expect(found.length).toBeGreaterThan(1)
    expect(Math.min(...found)).toBeGreaterThan(0)
  })

  it('stands on one pinned version of Node, the one of package-lock.json', () => {
    const { version } = JSON.parse(read('package-lock.json')).packages['node_modules/node']
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
    expect(new Set(bases)).toEqual(new Set([`node:${version}-bookworm-slim`]))
  })

  it('runs as a user with a number, and asks for health', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m)
    expect(dockerfile).toMatch(/^HEALTHCHECK /m)
  })

  it('copies nothing that .dockerignore keeps out', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path]) => path!)
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '))
    expect(copied.filter(path => !allowed.includes(path))).toEqual([])
    expect(allowed.filter(path => !copied.includes(path))).toEqual([])
  })
})
