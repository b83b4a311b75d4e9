/** Distances of the editor's grid, in its units (multiples of 16). */
export const COLUMN = 240;
export const ROW = 192;
