/** One whose calls and forms are answered. JSON columns are named in the comments. */
export interface BusinessesTable {
  id: string;
  name: string;
  /** JSON array of E.164 numbers that identify it; `business_phones` is their index. */
  phones: string;
  timezone: string;
  /** JSON array of weekly windows. */
  hours: string;
  /** JSON array of local dates. */
  dates_off: string;
  callback_number: string | null;
  booking_url: string | null;
  review_url: string | null;
  urgent_route: string | null;
  /** Open minutes within which somebody calls back. */
  response_window_minutes: number;
  /** Open minutes a task may wait for somebody to claim it. */
  unclaimed_minutes: number;
  /** JSON arrays of text. */
  services: string;
  service_areas: string;
  vertical: 'dental' | 'med_spa' | 'generic';
  /** JSON object: text by message kind. */
  templates: string;
  /** JSON array of text. */
  urgent_keywords: string;
  missed_call_quiet_hours: 'defer' | 'send';
  qualification_enabled: number;
  booking_link_enabled: number;
  /** `health`: no free text goes to a model. */
  privacy_profile: 'standard' | 'health';
  default_owner_id: string | null;
  ghl_location_id: string | null;
  is_default: number;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Which business a number belongs to. */
export interface BusinessPhonesTable {
  phone: string;
  business_id: string;
}

export interface StaffTable {
  id: string;
  business_id: string;
  name: string;
  phone: string | null;
  email: string | null;
  /** JSON arrays of text; empty = all. */
  services: string;
  areas: string;
  on_duty: number;
  /** 1 when alerts also go out as texts. */
  alerts_by_text: number;
  quiet_hours: 'defer' | 'send';
  position: number;
  version: number;
  created_at: string;
  updated_at: string;
}

/** The table of rules of one business, read from top to bottom. */
export interface OwnershipRulesTable {
  business_id: string;
  /** JSON array. */
  rules: string;
  version: number;
  updated_at: string;
}

export interface FormsTable {
  id: string;
  /** The form's own id, as its submissions carry it. */
  form_id: string;
  name: string;
  business_id: string;
  /** JSON array of field names. */
  required_fields: string;
  secret: string | null;
  /** While set its submissions are refused. */
  disabled_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}
