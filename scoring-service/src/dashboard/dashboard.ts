import { Router } from 'express';

import { findSession } from '../access/sessions.js';
import { AppError } from '../core/errors.js';
import { assetRoutes } from './assets.js';
import { renderPage } from './components/layout.js';
import { createSessionCookie, readCookie } from './cookies.js';
import type { DashboardDeps } from './deps.js';
import { securityHeaders } from './guard.js';
import { mountScreens, sendError, sendPage, THEME_COOKIE, viewOf } from './mount-screens.js';
import { activityScreen } from './pages/activity.js';
import { appointmentScreen } from './pages/appointment.js';
import { appointmentsScreen } from './pages/appointments.js';
import { backtestScreen } from './pages/backtest.js';
import { backtestsScreen } from './pages/backtests.js';
import { brokerScreen } from './pages/broker.js';
import { newBrokerScreen } from './pages/broker-new.js';
import { brokersScreen } from './pages/brokers.js';
import { deliveriesScreen } from './pages/deliveries.js';
import { deliveryScreen } from './pages/delivery.js';
import { docsPage } from './pages/docs.js';
import { leadScreen } from './pages/lead.js';
import { leadsScreen } from './pages/leads.js';
import { orderScreen } from './pages/order.js';
import { newOrderScreen } from './pages/order-new.js';
import { ordersScreen } from './pages/orders.js';
import { overviewScreen } from './pages/overview.js';
import { messagesScreen } from './pages/messages.js';
import { suppressionsScreen } from './pages/suppressions.js';
import { taskScreen } from './pages/task.js';
import { tasksScreen } from './pages/tasks.js';
import { businessScreen } from './pages/settings-business.js';
import { businessesScreen } from './pages/settings-businesses.js';
import { formScreen } from './pages/settings-form.js';
import { formsScreen } from './pages/settings-forms.js';
import { providersScreen } from './pages/settings-providers.js';
import { staffScreen } from './pages/settings-staff.js';
import { staffMemberScreen } from './pages/settings-staff-member.js';
import { subscriptionScreen } from './pages/settings-subscription.js';
import { subscriptionsScreen } from './pages/settings-subscriptions.js';
import { keysScreen } from './pages/settings-keys.js';
import { thresholdsScreen } from './pages/settings-thresholds.js';
import { usersScreen } from './pages/settings-users.js';
import { settingsScreen } from './pages/settings.js';
import { simulatorScreen } from './pages/simulator.js';
import { unassignedScreen } from './pages/unassigned.js';
import { signInRoutes } from './sign-in-routes.js';
import { toTheme } from './theme.js';

/** Every screen; a fixed address stands before the one that takes an id in its place. */
const SCREENS = [
  overviewScreen,
  leadsScreen,
  leadScreen,
  unassignedScreen,
  deliveriesScreen,
  deliveryScreen,
  ordersScreen,
  newOrderScreen,
  orderScreen,
  brokersScreen,
  newBrokerScreen,
  brokerScreen,
  simulatorScreen,
  backtestsScreen,
  backtestScreen,
  activityScreen,
  tasksScreen,
  taskScreen,
  appointmentsScreen,
  appointmentScreen,
  messagesScreen,
  suppressionsScreen,
  settingsScreen,
  thresholdsScreen,
  businessesScreen,
  businessScreen,
  staffScreen,
  staffMemberScreen,
  formsScreen,
  formScreen,
  providersScreen,
  subscriptionsScreen,
  subscriptionScreen,
  keysScreen,
  usersScreen,
];

/** The dashboard and the API's documentation for people, to be mounted at the root. */
export function createDashboard(deps: DashboardDeps): Router {
  const router = Router();
  const cookie = createSessionCookie(deps.settings.PUBLIC_URL);
  const mounting = { deps, cookie };
  router.use(securityHeaders());
  router.use(assetRoutes());
  signInRoutes(router, mounting);

  // The API's description is public, and so is this reading of it.
  const docs = docsPage(deps.document);
  router.get('/docs', async (request, response) => {
    response.locals.route = '/docs';
    const token = cookie.read(request);
    const user = token === null ? null : await findSession(deps, token);
    if (user !== null) {
      sendPage(response, viewOf(deps, request, user), docs);
      return;
    }
    const theme = toTheme(readCookie(request, THEME_COOKIE) ?? undefined);
    const now = deps.runtime.clock.now();
    const frame = { user: null, theme, path: '/docs', now, done: '', can: () => false };
    response
      .set('Content-Type', 'text/html; charset=utf-8')
      .end(renderPage(frame, { ...docs, wide: true }));
  });

  mountScreens(
    router,
    SCREENS.map((screen) => screen(deps)),
    mounting,
  );

  // Somebody who mistyped an address and is signed in sees a page; programs get the usual 404.
  router.get('/{*path}', async (request, response, next) => {
    const token = request.accepts(['json', 'html']) === 'html' ? cookie.read(request) : null;
    const user = token === null ? null : await findSession(deps, token);
    if (user === null) {
      next();
      return;
    }
    const missing = new AppError('not_found', 404, 'There is no page at this address.');
    sendError(deps, response, viewOf(deps, request, user), missing);
  });
  return router;
}
