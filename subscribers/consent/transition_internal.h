/* How subscriptions change: one table of states and events. Pure. */
#ifndef SUBSCRIBERS_CONSENT_TRANSITION_INTERNAL_H
#define SUBSCRIBERS_CONSENT_TRANSITION_INTERNAL_H

#include "subscribers/roster/subscriber.h"

/* Events that can happen to a subscription. */
enum consent_action {
    CONSENT_IMPORT,      /* brought in from another list */
    CONSENT_ADD,         /* an editor says that they want it */
    CONSENT_ASK,         /* they, or an editor for them, ask: to be confirmed */
    CONSENT_CONFIRM,     /* they confirm by the link sent to them */
    CONSENT_LEAVE,       /* they unsubscribe, or an editor does it for them */
    CONSENT_RETURN,      /* they take their leaving back, on the same page */
    CONSENT_BOUNCE,      /* their mailbox refuses mail for good */
    CONSENT_COMPLAIN,    /* they called it spam */
    CONSENT_EXPIRE,      /* they never confirmed */
    CONSENT_LIFT,        /* an editor takes a bounce or complaint away */
    CONSENT_IMPORT_LEFT, /* brought in as unsubscribed, … */
    CONSENT_IMPORT_BOUNCED,    /* … as bounced, … */
    CONSENT_IMPORT_COMPLAINED, /* … as someone who complained there */
};
enum { CONSENT_ACTION_COUNT = CONSENT_IMPORT_COMPLAINED + 1 };

/* A subscription's state, or that there is none: SUBSCRIPTION_… or this. */
enum { SUBSCRIPTION_NONE = SUBSCRIPTION_COMPLAINED + 1 };
enum { CONSENT_STATE_COUNT = SUBSCRIPTION_NONE + 1 };

enum consent_verdict {
    VERDICT_CHANGE,  /* to the state given */
    VERDICT_ALREADY, /* as it was; no event */
    VERDICT_REFUSE,  /* for the reason given */
};

struct transition {
    enum consent_verdict verdict;
    int state;          /* VERDICT_CHANGE: SUBSCRIPTION_… or _NONE */
    const char *reason; /* VERDICT_REFUSE: what to tell, with the remedy */
};

/* `state` is a SUBSCRIPTION_… or SUBSCRIPTION_NONE. */
const struct transition *transition_find(int state, enum consent_action action);

/* The event's name in the record: "subscribed", "unsubscribed", … */
const char *consent_action_event(enum consent_action action);

#endif
