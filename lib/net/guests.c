/*
 * guests - a list by arrival.  It is short, so that each question walks it.
 */
#include "lib/net/guests.h"

#include <netinet/in.h>
#include <string.h>

#define SUBNET_BYTES 8 /* of an IPv6 address: its /64 */

static void source_of(const struct sockaddr_storage *from,
	unsigned char source[GUESTS_SOURCE_BYTES])
{
	const void *p = from; /* of the family's own type */
	const struct sockaddr_in *v4 = p;
	const struct sockaddr_in6 *v6 = p;

	memset(source, 0, GUESTS_SOURCE_BYTES);
	if (from->ss_family == AF_INET)
		memcpy(source + 12, &v4->sin_addr, 4);
	else if (from->ss_family == AF_INET6 &&
		 IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		memcpy(source + 12, &v6->sin6_addr.s6_addr[12], 4);
	else if (from->ss_family == AF_INET6)
		memcpy(source, &v6->sin6_addr, SUBNET_BYTES);
}

static struct guest *oldest_of(const struct guests *all, enum guest_rank rank)
{
	struct guest *g = all->oldest;

	while (g != NULL && g->rank != rank)
		g = g->next;
	return g;
}

static struct guest *first_to_leave(const struct guests *all)
{
	struct guest *g = oldest_of(all, GUEST_UNKNOWN);

	return g != NULL ? g : oldest_of(all, GUEST_IDLE);
}

/* The oldest unknown guest of a source that has its whole share of them. */
static struct guest *above_share(const struct guests *all,
	const unsigned char source[GUESTS_SOURCE_BYTES])
{
	struct guest *first = NULL;
	size_t n = 0;

	for (struct guest *g = all->oldest; g != NULL; g = g->next) {
		if (g->rank != GUEST_UNKNOWN ||
			memcmp(g->source, source, GUESTS_SOURCE_BYTES) != 0)
			continue;
		if (n++ == 0)
			first = g;
	}
	return n >= all->share ? first : NULL;
}

struct guest *guests_leaver(
	const struct guests *all, const struct sockaddr_storage *from)
{
	unsigned char source[GUESTS_SOURCE_BYTES];
	struct guest *g;

	source_of(from, source);
	g = above_share(all, source);
	return g != NULL || all->n < all->max ? g : first_to_leave(all);
}

bool guests_have_room(const struct guests *all)
{
	return all->n < all->max || first_to_leave(all) != NULL;
}

void guests_add(struct guests *all, struct guest *g,
	const struct sockaddr_storage *from)
{
	struct guest **at = &all->oldest;

	g->rank = GUEST_UNKNOWN;
	source_of(from, g->source);
	while (*at != NULL)
		at = &(*at)->next;
	g->next = NULL;
	*at = g;
	all->n++;
}

void guests_remove(struct guests *all, struct guest *g)
{
	struct guest **at = &all->oldest;

	while (*at != NULL && *at != g)
		at = &(*at)->next;
	if (*at == NULL)
		return;
	*at = g->next;
	all->n--;
}
