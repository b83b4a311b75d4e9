import { NodeConnectionTypes, type NodeConnectionType } from 'n8n-workflow';

/** `count` outputs or inputs of the ordinary kind. */
export const mainConnections = (count: number): NodeConnectionType[] =>
  Array.from({ length: count }, () => NodeConnectionTypes.Main);

export const ONE = mainConnections(1);
