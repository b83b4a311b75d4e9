import { createBroker, createOrder, postLead } from './seed.js';
import type { TestService } from './service.js';

/** What a populated service holds, for visiting every screen. */
export interface Populated {
  brokerId: string;
  orderId: string;
  /** Assigned, with several orders considered. */
  leadId: string;
  /** Waits in the unassigned queue. */
  waitingId: string;
  deliveryId: string;
  /** Done, with leads that go another way. */
  backtestId: string;
  /** A response lead that may be the same person as another. */
  callerId: string;
  taskId: string;
  businessId: string;
  staffId: string;
  formId: string;
  subscriptionId: string;
  /** To come. */
  appointmentId: string;
  /** Over, and nobody has said how it ended. */
  pastAppointmentId: string;
  /** A lead that another one was merged into. */
  mergedId: string;
}

const DAY_MS = 24 * 3_600_000;

/** Brokers, orders and leads of several days, on every path a lead can take. */
export async function populate(
  service: TestService,
  over: {
    broker?: Record<string, unknown>;
    order?: Record<string, unknown>;
    lead?: Record<string, unknown>;
    staff?: Record<string, unknown>;
    enquiry?: Record<string, unknown>;
    form?: Record<string, unknown>;
    service?: string;
  } = {},
): Promise<Populated> {
  const broker = await createBroker(service, {
    name: 'Northwind Funding',
    company: 'Northwind Funding Inc.',
    email: 'leads@northwind.example.com',
    phone: '+1 202 555 0110',
    crm_webhook_url: 'https://crm.example.com/hook',
    timezone: 'America/New_York',
    contact_hours: 'custom',
    custom_hours: [{ days: [1, 2, 3, 4, 5], start: '09:00', end: '17:30' }],
    ...over.broker,
  });
  const second = await createBroker(service, {
    name: 'Harbor Capital',
    ...over.broker,
    crm_webhook_url: '',
  });
  const order = await createOrder(service, {
    broker_id: broker.id,
    name: 'MCA, prime credit',
    verticals: ['MCA', 'SBA'],
    credit_score_min: 640,
    priority: 'high',
    loan_min: 10_000,
    loan_max: 250_000,
    total_leads: 12,
    ...over.order,
  });
  await createOrder(service, {
    broker_id: second.id,
    name: 'MCA, any credit',
    credit_score_min: 600,
    total_leads: 25,
    ...over.order,
  });
  await createOrder(service, {
    broker_id: second.id,
    name: 'Equipment, 680 and up',
    verticals: ['Equipment'],
    credit_score_min: 680,
    order_type: 'monthly',
    priority: 'high',
    ...over.order,
  });
  const paused = await createOrder(service, {
    broker_id: second.id,
    name: 'Paused order',
    ...over.order,
  });
  await service.post(`/api/orders/${paused.id}/pause`);
  let leadId = '';
  let waitingId = '';
  const names = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gil', 'Hana'];
  for (let n = 0; n < 16; n += 1) {
    if (n % 4 === 0) service.runtime.advance(DAY_MS);
    const waiting = n % 5 === 4;
    const { body } = await postLead(service, `contact-${n}`, {
      first_name: names[n % names.length],
      last_name: `Example ${n}`,
      business_name: n % 2 === 0 ? 'Example Bakery' : undefined,
      email: `lead${n}@example.com`,
      phone: `+1 202 555 01${String(n).padStart(2, '0')}`,
      credit_score: n === 7 ? 560 : 620 + n * 12,
      funding_amount: 20_000 + n * 7_500,
      vertical: waiting ? 'Factoring' : n % 3 === 0 ? 'Equipment' : 'MCA',
      state: 'New York',
      ai_call_notes: 'Asked for a call back after lunch.\nHas two locations.',
      funding_purpose: 'Working capital',
      ...over.lead,
      ...(waiting ? { vertical: 'Factoring' } : {}),
    });
    if (body.assignment?.order_id === order.id) leadId = body.lead_id;
    if (body.assignment?.status === 'unassigned') waitingId = body.lead_id;
  }
  const { body: page } = await service.get<{ data: { id: string }[] }>(
    `/api/leads/${leadId}/deliveries`,
  );
  const { body: backtest } = await service.post<{ id: string }>('/api/routing/backtest', {
    from: new Date(service.runtime.clock.now() - 30 * DAY_MS).toISOString(),
    start: 'zero',
    changes: [{ order_id: order.id, credit_score_min: 720 }],
  });
  await service.service.backtest();
  return {
    backtestId: backtest.id,
    brokerId: broker.id,
    orderId: order.id,
    leadId,
    waitingId,
    deliveryId: page.data[0]?.id ?? '',
    ...(await populateResponse(service, over)),
  };
}

/** Staff, two enquiries from one number, and somebody who must not be messaged. */
async function populateResponse(
  service: TestService,
  over: NonNullable<Parameters<typeof populate>[1]>,
): Promise<
  Omit<Populated, 'brokerId' | 'orderId' | 'leadId' | 'waitingId' | 'deliveryId' | 'backtestId'>
> {
  const { staff, enquiry } = over;
  const { body: businesses } = await service.get<{ data: { id: string }[] }>('/api/businesses');
  const businessId = businesses.data[0]?.id ?? '';
  const { body: member } = await service.post<{ id: string }>('/api/staff', {
    name: 'Sam Staff',
    email: 'sam@example.com',
    ...staff,
  });
  await service.patch(`/api/businesses/${businessId}`, { version: 2, phones: ['+12025550100'] });
  const submit = (name: string, email: string, phone = '+12025550123') =>
    service.post<{ lead_id: string; task_id: string }>('/api/forms/submissions', {
      form_id: 'contact',
      submission_id: email,
      fields: { name, email, phone, message: 'Please call me back.', ...enquiry },
      consent: { sms: true, email: false },
    });
  const { body: form } = await service.post<{ id: string }>('/api/forms', {
    form_id: 'contact',
    name: 'Contact',
    ...over.form,
  });
  await submit('Ann Caller', 'ann.caller@example.com');
  const second = await submit('Bob Caller', 'bob.caller@example.com');
  if (second.status !== 200) throw new Error(`A form answered ${JSON.stringify(second.body)}`);
  await service.post('/api/suppressions', { phone: '+12025550199', reason: 'asked on the phone' });
  return {
    callerId: second.body.lead_id,
    taskId: second.body.task_id,
    businessId,
    staffId: member.id,
    formId: form.id,
    ...(await populateFollowUp(service, submit, over.service)),
  };
}

/** Appointments to come and past, two leads that were merged, and a subscription. */
async function populateFollowUp(
  service: TestService,
  submit: (name: string, email: string, phone?: string) => Promise<{ body: { lead_id: string } }>,
  serviceType = 'Consultation',
): Promise<Pick<Populated, 'subscriptionId' | 'appointmentId' | 'pastAppointmentId' | 'mergedId'>> {
  const { body: kept } = await submit('Cleo Caller', 'cleo@example.com', '+12025550124');
  const { body: part } = await submit('Cleo Caller', 'cleo.c@example.com', '+12025550125');
  const { body: suggested } = await service.get<{ data: { id: string }[] }>(
    `/api/merge-suggestions?lead_id=${part.lead_id}`,
  );
  await service.post(`/api/merge-suggestions/${suggested.data[0]?.id ?? ''}/accept`);
  const now = service.runtime.clock.now();
  const book = async (at: number): Promise<string> => {
    const { status, body } = await service.post<{ id: string }>('/api/appointments', {
      lead_id: kept.lead_id,
      scheduled_at: new Date(at).toISOString(),
      service_type: serviceType,
    });
    if (status !== 201) throw new Error(`A booking answered ${JSON.stringify(body)}`);
    return body.id;
  };
  const { body: subscription } = await service.post<{ id: string }>('/api/subscriptions', {
    url: 'https://n8n.example.com/webhook/leads',
    events: ['lead.assigned', 'task.created'],
  });
  return {
    subscriptionId: subscription.id,
    appointmentId: await book(now + DAY_MS),
    pastAppointmentId: await book(now - DAY_MS),
    mergedId: kept.lead_id,
  };
}

/** Every screen of the dashboard with the ids filled in. */
export function screensOf(seeded: Populated): Record<string, string> {
  return {
    overview: '/',
    leads: '/leads',
    lead: `/leads/${seeded.leadId}`,
    'lead-assign': `/leads/${seeded.leadId}?assign=yes`,
    'lead-waiting': `/leads/${seeded.waitingId}?open=assign`,
    'lead-edit': `/leads/${seeded.leadId}?open=edit`,
    unassigned: '/unassigned',
    'unassigned-assign': `/unassigned?lead=${seeded.waitingId}`,
    deliveries: '/deliveries',
    delivery: `/deliveries/${seeded.deliveryId}`,
    orders: '/orders',
    order: `/orders/${seeded.orderId}`,
    'order-new': '/orders/new',
    brokers: '/brokers',
    broker: `/brokers/${seeded.brokerId}`,
    'broker-new': '/brokers/new',
    simulator: '/simulator',
    'simulator-result': '/simulator?vertical=MCA&credit_score=700&funding_amount=50000',
    backtests: `/backtests?order=${seeded.orderId}`,
    backtest: `/backtests/${seeded.backtestId}`,
    activity: '/activity',
    'lead-response': `/leads/${seeded.callerId}`,
    'lead-text': `/leads/${seeded.callerId}?open=text`,
    'lead-distribute': `/leads/${seeded.callerId}?open=distribute`,
    'lead-merged': `/leads/${seeded.mergedId}?open=task`,
    'lead-book': `/leads/${seeded.mergedId}?open=book`,
    appointments: '/appointments',
    'appointments-unsettled': '/appointments?view=unsettled',
    appointment: `/appointments/${seeded.appointmentId}`,
    'appointment-past': `/appointments/${seeded.pastAppointmentId}`,
    tasks: '/tasks',
    'tasks-mine': '/tasks?view=mine',
    task: `/tasks/${seeded.taskId}`,
    messages: '/messages',
    suppressions: '/messages/suppressions',
    settings: '/settings',
    'settings-thresholds': '/settings/thresholds',
    'settings-businesses': '/settings/businesses',
    'settings-business': `/settings/businesses/${seeded.businessId}`,
    'settings-staff': '/settings/staff',
    'settings-staff-member': `/settings/staff/${seeded.staffId}`,
    'settings-forms': '/settings/forms',
    'settings-form': `/settings/forms/${seeded.formId}`,
    'settings-subscriptions': '/settings/subscriptions',
    'settings-subscription': `/settings/subscriptions/${seeded.subscriptionId}`,
    'settings-providers': '/settings/providers',
    'settings-keys': '/settings/keys',
    'settings-users': '/settings/users',
    docs: '/docs',
  };
}
