/* Keeps the messages in the sender's hands: with a connection, or waiting. */
#include "digest/sender/offer_internal.h"

#include <stdlib.h>

#include "digest/base/mem.h"

void offers_begin(struct offers *offers)
{
    *offers = (struct offers){0};
    offers->waiting_end = &offers->waiting;
}

struct offer *offers_get(struct offers *offers)
{
    struct offer *offer = offers->unused;
    if (!offer)
        return MEM_NEW(struct offer);
    offers->unused = offer->next;
    offer->next = NULL;
    offer->times = 0;
    offer->domain = NULL;
    strbuf_cut(&offer->job.from, 0);
    strbuf_cut(&offer->job.to, 0);
    strbuf_cut(&offer->job.message, 0);
    offer->job.utf8 = false;
    return offer;
}

void offers_put(struct offers *offers, struct offer *offer)
{
    offer->next = offers->unused;
    offers->unused = offer;
}

void offers_wait(struct offers *offers, struct offer *offer, bool first)
{
    struct offer **at = first ? &offers->waiting : offers->waiting_end;
    offer->next = *at;
    *at = offer;
    if (!offer->next)
        offers->waiting_end = &offer->next;
    offers->waiting_count++;
}

struct offer *offers_take(struct offers *offers, struct offer **connection)
{
    struct offer *offer = *connection;
    *connection = offer->next;
    if (!offer->next)
        offers->waiting_end = connection;
    offer->next = NULL;
    offers->waiting_count--;
    return offer;
}

static void free_list(struct offer *offer)
{
    while (offer) {
        struct offer *next = offer->next;
        strbuf_free(&offer->job.from);
        strbuf_free(&offer->job.to);
        strbuf_free(&offer->job.message);
        free(offer);
        offer = next;
    }
}

void offers_free(struct offers *offers)
{
    free_list(offers->unused);
    free_list(offers->waiting);
    offers_begin(offers);
}
