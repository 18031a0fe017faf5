/** Who asks. Until people sign in there is one built-in local viewer who sees every station. */
export interface Viewer {
  kind: 'local';
  /** The stations whose rows this viewer may see, in any precision. */
  stationIds: readonly string[];
}
