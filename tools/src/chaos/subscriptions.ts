import type { Service } from './system.ts';

/** Who handles what: each handler's service and the type of its events. A handler that is missing here is reported. */
export const subscriptions: Record<string, { service: Service; type: string }> = {
  'billing.issue-invoice': { service: 'billing', type: 'shop.OrderPlaced' },
  'logistics.create-label': { service: 'logistics', type: 'shop.OrderPlaced' },
  'crm.schedule-follow-up': { service: 'crm', type: 'shop.OrderPlaced' },
  'crm.welcome': { service: 'crm', type: 'shop.UserRegistered' },
  'shop.invoice-issued': { service: 'shop', type: 'billing.InvoiceIssued' },
  'shop.label-created': { service: 'shop', type: 'logistics.ShippingLabelCreated' },
  'shop.email-scheduled': { service: 'shop', type: 'crm.FollowUpEmailScheduled' },
  'shop.email-sent': { service: 'shop', type: 'crm.EmailSent' },
};
