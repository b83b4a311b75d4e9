import { readFileSync } from 'node:fs';
import type {
  Decision,
  Enquiry,
  Vertical,
} from '../../../scoring-service/src/qualification/index.js';

type StoredEnquiry = Omit<Enquiry, 'vertical'>;
export type LabelledEnquiry = {
  id: string;
  split: 'tune' | 'holdout';
  expected: Decision;
  enquiry: StoredEnquiry;
};
export type InjectionEnquiry = {
  id: string;
  vertical: Vertical;
  kind: string;
  enquiry: StoredEnquiry;
};

const folder = new URL('../../fixtures/qualification/', import.meta.url);

function load<T>(name: string): T[] {
  const file = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as {
    enquiries: T[];
  };
  return file.enquiries;
}

/** The labelled enquiries of one vertical. */
export function labelled(vertical: Vertical): LabelledEnquiry[] {
  return load(vertical);
}

/** Enquiries that try to instruct the scoring. */
export function injections(): InjectionEnquiry[] {
  return load('injections');
}
