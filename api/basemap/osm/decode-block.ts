import { PbfReader } from 'pbf';

export type Tags = Record<string, string>;

export interface OsmWay {
  id: number;
  tags: Tags;
  nodeIds: number[];
}

export interface OsmRelation {
  id: number;
  tags: Tags;
  members: { type: 'node' | 'way' | 'relation'; id: number; role: string }[];
}

/** What to do with what a block holds; kinds that are not asked for are skipped without being decoded. */
export interface OsmVisitor {
  /** Coordinates in 10⁻⁷ degrees. */
  node?(id: number, lngE7: number, latE7: number, tags: Tags | undefined): void;
  way?(way: OsmWay): void;
  relation?(relation: OsmRelation): void;
}

export interface OsmHeader {
  requiredFeatures: string[];
  /** Seconds since 1970; 0 when the file does not say. */
  replicationTimeS: number;
}

/** Reads an OSMHeader block. */
export const decodeHeader = (bytes: Uint8Array): OsmHeader =>
  new PbfReader(bytes).readFields<OsmHeader>(
    (tag, header, pbf) => {
      if (tag === 4) header.requiredFeatures.push(pbf.readString());
      else if (tag === 32) header.replicationTimeS = pbf.readVarint();
    },
    { requiredFeatures: [], replicationTimeS: 0 },
  );

interface Block {
  strings: string[];
  granularity: number;
  lngOffset: number;
  latOffset: number;
  /** Where each group's bytes begin and end. */
  groups: [start: number, end: number][];
}

/** Hands the content of an OSMData block to the visitor. @throws when the bytes are not what the format says. */
export function decodeBlock(bytes: Uint8Array, visitor: OsmVisitor): void {
  const pbf = new PbfReader(bytes);
  const block: Block = { strings: [], granularity: 100, lngOffset: 0, latOffset: 0, groups: [] };
  pbf.readFields((tag, result) => {
    if (tag === 1) pbf.readMessage((field, strings) => field === 1 && strings.push(pbf.readString()), result.strings);
    else if (tag === 2) {
      const length = pbf.readVarint();
      result.groups.push([pbf.pos, pbf.pos + length]);
      pbf.pos += length;
    } else if (tag === 17) result.granularity = pbf.readVarint();
    else if (tag === 19) result.latOffset = pbf.readVarint(true);
    else if (tag === 20) result.lngOffset = pbf.readVarint(true);
  }, block);
  for (const [start, end] of block.groups) {
    if (end > bytes.length) throw new RangeError('a group reaches beyond its block');
    pbf.pos = start;
    pbf.readFields(
      (tag) => {
        if (tag === 1 && visitor.node) readNode(pbf, block, visitor.node);
        else if (tag === 2 && visitor.node) readDenseNodes(pbf, block, visitor.node);
        else if (tag === 3 && visitor.way) visitor.way(readWay(pbf, block));
        else if (tag === 4 && visitor.relation) visitor.relation(readRelation(pbf, block));
      },
      null,
      end,
    );
  }
}

/** Nanodegrees to 10⁻⁷ degrees. */
const toE7 = (offset: number, granularity: number, value: number): number =>
  Math.round((offset + granularity * value) / 100);

function readNode(pbf: PbfReader, block: Block, visit: NonNullable<OsmVisitor['node']>): void {
  const node = { id: 0, keys: [] as number[], values: [] as number[], lat: 0, lng: 0 };
  pbf.readMessage((tag, result) => {
    if (tag === 1) result.id = pbf.readSVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) result.lat = pbf.readSVarint();
    else if (tag === 9) result.lng = pbf.readSVarint();
  }, node);
  visit(
    node.id,
    toE7(block.lngOffset, block.granularity, node.lng),
    toE7(block.latOffset, block.granularity, node.lat),
    node.keys.length > 0 ? readTags(block, node.keys, node.values) : undefined,
  );
}

function readDenseNodes(pbf: PbfReader, block: Block, visit: NonNullable<OsmVisitor['node']>): void {
  const dense = { ids: [] as number[], lats: [] as number[], lngs: [] as number[], keysValues: [] as number[] };
  pbf.readMessage((tag, result) => {
    if (tag === 1) pbf.readPackedSVarint(result.ids);
    else if (tag === 8) pbf.readPackedSVarint(result.lats);
    else if (tag === 9) pbf.readPackedSVarint(result.lngs);
    else if (tag === 10) pbf.readPackedVarint(result.keysValues);
  }, dense);
  const { ids, lats, lngs, keysValues } = dense;
  if (lats.length !== ids.length || lngs.length !== ids.length) throw new RangeError('dense nodes of unequal length');
  let id = 0;
  let lat = 0;
  let lng = 0;
  let at = 0;
  for (let i = 0; i < ids.length; i++) {
    id += ids[i]!;
    lat += lats[i]!;
    lng += lngs[i]!;
    let tags: Tags | undefined;
    // Pairs of key and value, ended by 0; no list at all when no node of the group has tags.
    while (at < keysValues.length && keysValues[at] !== 0) {
      tags ??= {};
      tags[stringAt(block, keysValues[at]!)] = stringAt(block, keysValues[at + 1]!);
      at += 2;
    }
    at++;
    visit(id, toE7(block.lngOffset, block.granularity, lng), toE7(block.latOffset, block.granularity, lat), tags);
  }
}

function readWay(pbf: PbfReader, block: Block): OsmWay {
  const way = { id: 0, keys: [] as number[], values: [] as number[], refs: [] as number[] };
  pbf.readMessage((tag, result) => {
    if (tag === 1) result.id = pbf.readVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) pbf.readPackedSVarint(result.refs);
  }, way);
  return { id: way.id, tags: readTags(block, way.keys, way.values), nodeIds: sumUp(way.refs) };
}

const memberTypes = ['node', 'way', 'relation'] as const;

function readRelation(pbf: PbfReader, block: Block): OsmRelation {
  const relation = {
    id: 0,
    keys: [] as number[],
    values: [] as number[],
    roles: [] as number[],
    ids: [] as number[],
    types: [] as number[],
  };
  pbf.readMessage((tag, result) => {
    if (tag === 1) result.id = pbf.readVarint();
    else if (tag === 2) pbf.readPackedVarint(result.keys);
    else if (tag === 3) pbf.readPackedVarint(result.values);
    else if (tag === 8) pbf.readPackedVarint(result.roles);
    else if (tag === 9) pbf.readPackedSVarint(result.ids);
    else if (tag === 10) pbf.readPackedVarint(result.types);
  }, relation);
  const members = sumUp(relation.ids).map((id, index) => {
    const type = memberTypes[relation.types[index]!];
    if (!type) throw new RangeError('a member of unknown type');
    return { type, id, role: stringAt(block, relation.roles[index]!) };
  });
  return { id: relation.id, tags: readTags(block, relation.keys, relation.values), members };
}

/** Ids are written as differences. */
function sumUp(differences: number[]): number[] {
  let sum = 0;
  return differences.map((difference) => (sum += difference));
}

function readTags(block: Block, keys: number[], values: number[]): Tags {
  const tags: Tags = {};
  keys.forEach((key, index) => (tags[stringAt(block, key)] = stringAt(block, values[index]!)));
  return tags;
}

function stringAt(block: Block, index: number): string {
  const text = block.strings[index];
  if (text === undefined) throw new RangeError('a text that the block does not hold');
  return text;
}
