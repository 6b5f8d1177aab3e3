/*
 * healthdoors - a list of sockets, made equal to the list wanted: mark all as
 * stale, keep those that are wanted, close what is still marked, open the rest.
 */
#include "kube-proxy-mini/status/healthdoors.h"

#include <stdlib.h>
#include <string.h>

static int door_open(struct healthdoor *door, struct err *e)
{
	struct healthdoors *d = door->all;

	door->server = (struct httpd){.loop = d->loop,
		.answer = d->answer,
		.context = door,
		.is_v6_only = true};
	if (httpd_listen(&door->server, door->ip.b,
		    MODEL_ADDR_BYTES(door->ip.family), d->port, e) < 0)
		return -1;
	door->is_open = true;
	return 0;
}

static struct healthdoor *find_door(
	struct healthdoors *d, const struct model_ip *ip)
{
	struct healthdoor *door = d->first;

	while (door != NULL && memcmp(&door->ip, ip, sizeof(*ip)) != 0)
		door = door->next;
	return door;
}

static int add_door(
	struct healthdoors *d, const struct model_ip *ip, struct err *e)
{
	struct healthdoor *door = calloc(1, sizeof(*door));

	if (door == NULL)
		return err_kind(e, ERR_LIMIT, "no memory");
	door->all = d;
	door->ip = *ip;
	door->next = d->first;
	d->first = door;
	return 0;
}

static void mark_doors_stale(struct healthdoors *d)
{
	for (struct healthdoor *door = d->first; door; door = door->next)
		door->is_stale = true;
}

static void close_stale_doors(struct healthdoors *d)
{
	struct healthdoor **at = &d->first;

	while (*at != NULL) {
		struct healthdoor *door = *at;

		if (!door->is_stale) {
			at = &door->next;
			continue;
		}
		*at = door->next;
		if (door->is_open)
			httpd_close(&door->server);
		free(door);
	}
}

int healthdoors_retry(struct healthdoors *d, struct err *e)
{
	int done = 0;

	for (struct healthdoor *door = d->first; door; door = door->next)
		if (!door->is_open && door_open(door, done == 0 ? e : NULL) < 0)
			done = -1;
	return done;
}

int healthdoors_set(struct healthdoors *d, const struct model_ip *list,
	size_t n, const bool wants_family[MODEL_FAMILIES], struct err *e)
{
	mark_doors_stale(d);
	for (size_t i = 0; i < n; i++) {
		struct healthdoor *door = find_door(d, &list[i]);

		if (!wants_family[list[i].family])
			continue;
		if (door != NULL)
			door->is_stale = false;
		else if (add_door(d, &list[i], e) < 0)
			return -1;
	}
	close_stale_doors(d);
	return healthdoors_retry(d, e);
}

void healthdoors_close(struct healthdoors *d)
{
	mark_doors_stale(d);
	close_stale_doors(d);
}
