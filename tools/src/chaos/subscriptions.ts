import type { Service } from './system.ts';

/** Who handles what: each handler's service and the type of its events. A handler that is missing here is reported. */
export const subscriptions: Record<string, { service: Service; type: string }> = {
  'billing.issue-invoice': { service: 'billing', type: 'shop.OrderPlaced' },
  'logistics.create-label': { service: 'logistics', type: 'shop.OrderPlaced' },
  'crm.schedule-follow-up': { service: 'crm', type: 'shop.OrderPlaced' },
  'crm.welcome': { service: 'crm', type: 'shop.UserRegistered' },
  'Journey.invoiceIssued': { service: 'shop', type: 'billing.InvoiceIssued' },
  'Journey.labelCreated': { service: 'shop', type: 'logistics.ShippingLabelCreated' },
  'Journey.emailScheduled': { service: 'shop', type: 'crm.FollowUpEmailScheduled' },
  'Journey.emailSent': { service: 'shop', type: 'crm.EmailSent' },
};
