/*
 * guests - who is connected to a server, and who has to leave when one more
 * comes.  Pure.
 *
 * Strangers open connections faster than anybody can close them.  So that they
 * shut out nobody else, a server keeps at most `max` guests, of whom one source
 * may have `share` that are unknown; a newcomer above either takes the place of
 * the oldest unknown guest.  A source is an IPv4 address or an IPv6 /64, which
 * is what one host can easily choose addresses from.
 */
#ifndef KEELSON_NET_GUESTS_H
#define KEELSON_NET_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define GUESTS_SOURCE_BYTES 16

/* Who leaves first. */
enum guest_rank {
	GUEST_UNKNOWN, /* has proved nothing */
	GUEST_IDLE,    /* may leave when no unknown guest is left */
	GUEST_BUSY,    /* never has to leave */
};

/* Embedded in the owner's connection. */
struct guest {
	enum guest_rank rank; /* the owner changes it at any time */
	void *owner;

	/* inside */
	unsigned char source[GUESTS_SOURCE_BYTES];
	struct guest *next; /* younger */
};

struct guests {
	size_t max, share; /* the owner's, set once */

	/* inside */
	struct guest *oldest;
	size_t n;
};

/*
 * Who has to leave before a guest from this address is added?  NULL: nobody
 * has to, or nobody can (guests_have_room() was false).
 */
struct guest *guests_leaver(
	const struct guests *all, const struct sockaddr_storage *from);

/* Is there a place for one more, if need be by somebody's leaving? */
bool guests_have_room(const struct guests *all);

/* Add one, as GUEST_UNKNOWN. */
void guests_add(struct guests *all, struct guest *g,
	const struct sockaddr_storage *from);
void guests_remove(struct guests *all, struct guest *g);

#endif
