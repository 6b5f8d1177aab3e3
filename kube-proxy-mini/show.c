/*
 * show - tells from the kernel's own maps where packets go.
 *
 * Services are found by their comment "namespace/name:port"; from there the
 * class and the group lead on as they do for a packet.
 */
#include "kube-proxy-mini/show.h"

#include "kube-proxy-mini/apply.h"
#include "kube-proxy-mini/lookup.h"
#include "kube-proxy-mini/netlink.h"
#include "kube-proxy-mini/show_view.h"
#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>

#define SHOW_BYTES_MAX   ((size_t)256 << 20) /* of addresses gathered */
#define SHOW_CLASSES_MAX 4096
#define SHOW_BUFS        5
#define JSON_INDENT      2

struct address {
	struct elem el;
	char comment[NFT_COMMENT_BYTES];
};

struct show {
	int fd;
	struct str which;
	enum show_form form;
	union {
		struct {
			struct buf found;      /* struct address */
			struct buf ranges;     /* struct elem, and the rest */
			struct buf own_ranges; /* of the address at hand */
			struct buf ends[2];    /* inside, outside */
		};
		struct buf bufs[SHOW_BUFS];
	};
	struct {
		uint32_t class, timeout_s;
	} sticky[SHOW_CLASSES_MAX];
	size_t n_sticky;
	struct buf *out;
};

/* Gathering. */

/* "ns/name" is which, or which is empty. */
static bool is_wanted(struct str which, struct str comment)
{
	struct str name;

	str_cut(&comment, ':', &name);
	return !which.n || str_eq(name, which);
}

static int keep_address(
	void *context, const struct elem *el, struct str comment, struct err *e)
{
	struct show *s = context;
	struct address one = {.el = *el};

	if (!is_wanted(s->which, comment))
		return 0;
	str_copy(comment, one.comment, sizeof(one.comment));
	buf_put(&s->found, &one, sizeof(one));
	return s->found.full ? err_kind(e, ERR_LIMIT, "too many") : 0;
}

static int keep_range(
	void *context, const struct elem *el, struct str comment, struct err *e)
{
	struct show *s = context;

	(void)comment;
	buf_put(&s->ranges, el, sizeof(*el));
	return s->ranges.full ? err_kind(e, ERR_LIMIT, "too many") : 0;
}

/* Timeouts stand in the names of chains: "lb-3-sticky-600s". */
static int keep_class(
	void *context, uint32_t class, struct str chain, struct err *e)
{
	struct show *s = context;
	char name[RULESET_CHAIN_BYTES];
	const char *at;

	(void)e;
	str_copy(chain, name, sizeof(name));
	at = strstr(name, "-sticky-");
	if (at && s->n_sticky < SHOW_CLASSES_MAX) {
		s->sticky[s->n_sticky].class = class;
		s->sticky[s->n_sticky++].timeout_s =
			(uint32_t)strtoul(at + strlen("-sticky-"), NULL, 10);
	}
	return 0;
}

static int gather(struct show *s, struct err *e)
{
	for (int f = 0; f < MODEL_FAMILIES; f++) {
		enum model_family family = (enum model_family)f;

		if (lookup_all(s->fd, APPLY_TABLE, family, RULESET_SERVICES,
			    keep_address, s, e) < 0 ||
			lookup_all(s->fd, APPLY_TABLE, family, RULESET_RANGES,
				keep_range, s, e) < 0 ||
			lookup_classes(s->fd, APPLY_TABLE, family, keep_class,
				s, e) < 0)
			return -1;
	}
	return 0;
}

static int compare_addresses(const void *x, const void *y)
{
	const struct address *a = x, *b = y;
	int d = strcmp(a->comment, b->comment);

	return d ? d : elem_compare(&a->el, &b->el);
}

/* Following a class and group, as a packet does. */

static uint32_t timeout_of(const struct show *s, uint32_t class)
{
	for (size_t i = 0; i < s->n_sticky; i++)
		if (s->sticky[i].class == class)
			return s->sticky[i].timeout_s;
	return 0;
}

/* The endpoint in a slot: 1, 0 when the slot is empty, -1. */
static int endpoint_at(struct show *s, const struct elem *at, uint32_t slot,
	struct elem *end, struct err *e)
{
	int r;

	*end = (struct elem){
		.set = RULESET_ENDPOINTS,
		.family = at->family,
		.of = {.group = at->of.group, .slot = slot},
	};
	if (!timeout_of(s, at->of.class))
		return lookup_one(s->fd, APPLY_TABLE, end, e);
	end->set = RULESET_STICKY;
	r = lookup_one(s->fd, APPLY_TABLE, end, e);
	if (r <= 0)
		return r;
	end->set = RULESET_STICKY_ENDPOINTS;
	return lookup_one(s->fd, APPLY_TABLE, end, e);
}

/* The endpoints that clients on one side reach, into a room of their own. */
static int follow(struct show *s, const char *side, const struct elem *at,
	struct show_view *v, struct err *e)
{
	struct buf *room = &s->ends[v->n_targets];
	struct show_target *t = &v->targets[v->n_targets++];
	struct elem end;
	int r = 1;

	*t = (struct show_target){.side = side, .slots = at->of.class & 0xffff};
	if (t->slots == RULESET_CLASS_REJECT || t->slots == RULESET_CLASS_DROP)
		return 0;
	buf_reset(room);
	for (uint32_t i = 0; i < t->slots && r > 0; i++) {
		r = endpoint_at(s, at, i, &end, e);
		if (r < 0)
			return -1;
		if (r > 0)
			buf_put(room, &end, sizeof(end));
	}
	t->ends = (const void *)room->p;
	t->n_ends = room->n / sizeof(end);
	return room->full ? err_kind(e, ERR_LIMIT, "too many") : 0;
}

static void view_ranges(struct show *s, struct show_view *v)
{
	const struct elem *list = (const void *)s->ranges.p;

	buf_reset(&s->own_ranges);
	for (size_t i = 0; i < s->ranges.n / sizeof(*list); i++)
		if (list[i].family == v->at->family &&
			list[i].proto == v->at->proto &&
			list[i].port == v->at->port &&
			memcmp(list[i].ip, v->at->ip, sizeof(v->at->ip)) == 0)
			buf_put(&s->own_ranges, &list[i], sizeof(list[i]));
	v->ranges = (const void *)s->own_ranges.p;
	v->n_ranges = s->own_ranges.n / sizeof(*list);
}

static int view_address(struct show *s, const struct address *a,
	struct show_view *v, struct err *e)
{
	struct elem outside = a->el;
	int r;

	view_ranges(s, v);
	if (follow(s, "inside", &a->el, v, e) < 0)
		return -1;
	outside.set = RULESET_OUTSIDE;
	r = lookup_one(s->fd, APPLY_TABLE, &outside, e);
	return r > 0 ? follow(s, "outside", &outside, v, e) : r;
}

/* One address in the form asked for: all of it, or for a list of all. */
static int write_address(struct show *s, const struct address *a,
	struct json_out *json, struct err *e)
{
	bool is_whole = s->which.n > 0;
	struct show_view v = {
		.comment = a->comment,
		.at = &a->el,
		.affinity_s = timeout_of(s, a->el.of.class),
	};

	if (!is_whole)
		v.targets[v.n_targets++] = (struct show_target){
			.side = "inside", .slots = a->el.of.class & 0xffff};
	else if (view_address(s, a, &v, e) < 0)
		return -1;
	if (s->form == SHOW_JSON)
		show_view_json(&v, is_whole, json);
	else if (is_whole)
		show_view_text(&v, s->out);
	else
		show_view_line(&v, s->out);
	return 0;
}

static int write_found(struct show *s, struct err *e)
{
	struct json_out json = json_out(s->out, JSON_INDENT);
	struct address *list = (void *)s->found.p;
	size_t n = s->found.n / sizeof(*list);

	if (!n && s->which.n)
		return err_kind(e, ERR_ABSENT, "no rules for Service %.*s",
			STR_ARG(s->which));
	if (n)
		qsort(list, n, sizeof(*list), compare_addresses);
	if (s->form == SHOW_JSON)
		json_list(&json, NULL);
	for (size_t i = 0; i < n; i++)
		if (write_address(s, &list[i], &json, e) < 0)
			return -1;
	if (s->form == SHOW_JSON) {
		json_list_end(&json);
		buf_byte(s->out, '\n');
	}
	return 0;
}

int show_service(
	struct str which, enum show_form form, struct buf *out, struct err *e)
{
	struct show *s = calloc(1, sizeof(*s));
	uint32_t port;
	int r = -1;

	if (!s)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*s = (struct show){.fd = -1, .which = which, .form = form, .out = out};
	for (size_t i = 0; i < SHOW_BUFS; i++)
		s->bufs[i] = buf_growing(SHOW_BYTES_MAX);
	if (netlink_open(&s->fd, &port, e) == 0 && gather(s, e) == 0)
		r = write_found(s, e);
	for (size_t i = 0; i < SHOW_BUFS; i++)
		buf_free(&s->bufs[i]);
	fd_close(&s->fd);
	free(s);
	return r < 0 ? err_at(e, "--show") : 0;
}
