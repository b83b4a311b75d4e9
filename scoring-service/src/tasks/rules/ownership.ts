import { foldText } from '../../contact/name.js';
import { normalizeState } from '../../contact/us-states.js';

/** A member of staff, as far as owning tasks goes. */
export interface StaffMember {
  id: string;
  on_duty: boolean;
  /** Services and areas the person takes; empty = all. Areas: see {@link OwnershipRule.areas}. */
  services: readonly string[];
  areas: readonly string[];
}

/** One row of the table an operator reads from top to bottom. Empty lists match everything. */
export interface OwnershipRule {
  id: string;
  services: readonly string[];
  /** A state ("TX", "Texas"), a ZIP prefix ("750", "75001") or an area's name ("North side"). */
  areas: readonly string[];
  /** Null: whoever is on duty and takes this service and area, in the order of the staff list. */
  owner_id: string | null;
}

/** All that may decide an owner: what is asked for and where, nothing about the person. */
export interface TaskEnquiry {
  service: string | null;
  state: string | null;
  postal_code: string | null;
  area: string | null;
}

export interface OwnershipInputs {
  enquiry: TaskEnquiry;
  /** In the operator's order. */
  rules: readonly OwnershipRule[];
  staff: readonly StaffMember[];
  default_owner_id: string | null;
}

export interface RuleConsidered {
  rule_id: string;
  matched: boolean;
  detail: string;
}

export interface Ownership {
  /** Null only when no rule fits and the business has no default owner. */
  owner_id: string | null;
  decided_by: 'rule' | 'default_owner' | 'nobody';
  rule_id: string | null;
  /** The rules read up to the decision, with why each fitted or not. */
  considered: RuleConsidered[];
}

const key = (text: string): string =>
  foldText(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function takesService(services: readonly string[], enquiry: TaskEnquiry): boolean {
  if (services.length === 0) return true;
  const wanted = key(enquiry.service ?? '');
  return wanted !== '' && services.some((service) => key(service) === wanted);
}

function takesArea(areas: readonly string[], enquiry: TaskEnquiry): boolean {
  if (areas.length === 0) return true;
  const state = normalizeState(enquiry.state);
  const postal = (enquiry.postal_code ?? '').replace(/\s/g, '').toUpperCase();
  const name = key(enquiry.area ?? '');
  return areas.some((area) => {
    if (name !== '' && key(area) === name) return true;
    if (state !== null && normalizeState(area) === state) return true;
    const prefix = area.replace(/[\s*]/g, '').toUpperCase();
    // A postal prefix holds a digit, so that "TX" or "North" is never read as one.
    return /^[A-Z0-9-]*\d[A-Z0-9-]*$/.test(prefix) && postal.startsWith(prefix);
  });
}

/**
 * Chooses the one owner of a callback task: the first rule whose service and area fit and whose
 * owner is on duty, else the business's default owner (on duty or not: somebody must own it).
 * Pure and explained.
 */
export function chooseOwner({
  enquiry,
  rules,
  staff,
  default_owner_id,
}: OwnershipInputs): Ownership {
  const considered: RuleConsidered[] = [];
  for (const rule of rules) {
    const say = (matched: boolean, detail: string): void => {
      considered.push({ rule_id: rule.id, matched, detail });
    };
    if (!takesService(rule.services, enquiry)) {
      say(false, 'another service');
      continue;
    }
    if (!takesArea(rule.areas, enquiry)) {
      say(false, 'another area');
      continue;
    }
    const owner = staff.find((member) =>
      rule.owner_id === null
        ? member.on_duty &&
          takesService(member.services, enquiry) &&
          takesArea(member.areas, enquiry)
        : member.id === rule.owner_id,
    );
    if (owner === undefined) {
      say(
        false,
        rule.owner_id === null ? 'nobody on duty takes it' : 'its owner is not on the staff list',
      );
      continue;
    }
    if (!owner.on_duty) {
      say(false, 'its owner is off duty');
      continue;
    }
    say(true, 'service and area fit, the owner is on duty');
    return { owner_id: owner.id, decided_by: 'rule', rule_id: rule.id, considered };
  }
  return {
    owner_id: default_owner_id,
    decided_by: default_owner_id === null ? 'nobody' : 'default_owner',
    rule_id: null,
    considered,
  };
}
