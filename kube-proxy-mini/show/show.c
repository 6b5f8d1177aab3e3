/*
 * show - finds out from the kernel's own maps where packets go.
 *
 * First it reads all addresses, source ranges and classes.  An address
 * belongs to the Service that its comment "namespace/name:port" names; from
 * there it follows class and group to the endpoints, one look-up each, as a
 * packet would.
 */
#include "kube-proxy-mini/show/show.h"

#include "kube-proxy-mini/kernel/lookup.h"
#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/ruleset/balance.h"
#include "kube-proxy-mini/show/view.h"
#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>

#define SHOW_BYTES_MAX   ((size_t)256 << 20) /* of each list */
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
			struct buf ranges;     /* struct elem, as the rest */
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

/* Reading the maps. */

/* Is it the Service asked for, or are all asked for? */
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

/* The name of a chain holds the timeout: "lb-3-sticky-600s". */
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

/* A ruleset that changes while it is read is shown as well as can be. */
static int accept_changes(int r, struct err *e)
{
	if (r < 0 && e->kind == ERR_BUSY) {
		err_clear(e);
		return 0;
	}
	return r;
}

static int read_maps(struct show *s, struct err *e)
{
	for (int f = 0; f < MODEL_FAMILIES; f++) {
		struct lookup_set addresses = {s->fd, RULESET_TABLE,
			(enum model_family)f, RULESET_SERVICES};
		struct lookup_set ranges = addresses, classes = addresses;

		ranges.set = RULESET_RANGES;
		classes.set = RULESET_CLASSES;
		if (accept_changes(lookup_all(&addresses, keep_address, s, e),
			    e) < 0 ||
			accept_changes(
				lookup_all(&ranges, keep_range, s, e), e) < 0 ||
			accept_changes(
				lookup_classes(&classes, keep_class, s, e), e) <
				0)
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
		return lookup_one(s->fd, RULESET_TABLE, end, e);
	end->set = RULESET_STICKY;
	r = lookup_one(s->fd, RULESET_TABLE, end, e);
	if (r <= 0)
		return r;
	end->set = RULESET_STICKY_ENDPOINTS;
	return lookup_one(s->fd, RULESET_TABLE, end, e);
}

/* Add to the view which endpoints clients on one side reach. */
static int follow(struct show *s, const char *side, const struct elem *at,
	struct view *v, struct err *e)
{
	struct buf *room = &s->ends[v->n_targets];
	struct show_target *t = &v->targets[v->n_targets++];
	struct elem end;
	int r = 1;

	*t = (struct show_target){
		.side = side, .slots = class_slots(at->of.class)};
	if (t->slots == CLASS_REJECT || t->slots == CLASS_DROP)
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

static int view_ranges(struct show *s, struct view *v, struct err *e)
{
	const struct elem *list = (const void *)s->ranges.p;
	struct elem on = *v->at;
	int r;

	on.set = RULESET_RANGES_ON;
	buf_reset(&s->own_ranges);
	r = lookup_one(s->fd, RULESET_TABLE, &on, e);
	for (size_t i = 0; r > 0 && i < s->ranges.n / sizeof(*list); i++)
		if (list[i].family == v->at->family &&
			elem_list(&list[i]) == on.of.id)
			buf_put(&s->own_ranges, &list[i], sizeof(list[i]));
	v->ranges = (const void *)s->own_ranges.p;
	v->n_ranges = s->own_ranges.n / sizeof(*list);
	return r < 0 ? -1 : 0;
}

static int view_address(
	struct show *s, const struct address *a, struct view *v, struct err *e)
{
	struct elem outside = a->el;
	int r;

	if (view_ranges(s, v, e) < 0)
		return -1;
	if (follow(s, "inside", &a->el, v, e) < 0)
		return -1;
	outside.set = RULESET_OUTSIDE;
	r = lookup_one(s->fd, RULESET_TABLE, &outside, e);
	return r > 0 ? follow(s, "outside", &outside, v, e) : r;
}

/* One address: with its endpoints, or as one of many. */
static int write_address(struct show *s, const struct address *a,
	struct json_out *json, struct err *e)
{
	bool is_whole = s->which.n > 0;
	struct view v = {
		.comment = a->comment,
		.at = &a->el,
		.affinity_s = timeout_of(s, a->el.of.class),
	};

	if (!is_whole)
		v.targets[v.n_targets++] = (struct show_target){
			.side = "inside", .slots = class_slots(a->el.of.class)};
	else if (view_address(s, a, &v, e) < 0)
		return -1;
	if (s->form == SHOW_JSON)
		view_json(&v, is_whole, json);
	else if (is_whole)
		view_text(&v, s->out);
	else
		view_line(&v, s->out);
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

/* Where there is no table, an empty list would say that all is well. */
static int expect_tables(int fd, struct err *e)
{
	int n = 0;

	for (int f = 0; f < MODEL_FAMILIES; f++) {
		int r = lookup_table(
			fd, RULESET_TABLE, (enum model_family)f, e);

		if (r < 0)
			return -1;
		n += r;
	}
	if (n > 0)
		return 0;
	return err_kind(e, ERR_ABSENT,
		"there is no table " RULESET_TABLE
		" in this network namespace: "
		"kube-proxy-mini has not written rules here, or they were "
		"removed");
}

int show_service(
	struct str which, enum show_form form, struct buf *out, struct err *e)
{
	struct show *s = calloc(1, sizeof(*s));
	int r = -1;

	if (!s)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*s = (struct show){.fd = -1, .which = which, .form = form, .out = out};
	for (size_t i = 0; i < SHOW_BUFS; i++)
		s->bufs[i] = buf_growing(SHOW_BYTES_MAX);
	if (netlink_open(&s->fd, e) == 0 && expect_tables(s->fd, e) == 0 &&
		read_maps(s, e) == 0)
		r = write_found(s, e);
	for (size_t i = 0; i < SHOW_BUFS; i++)
		buf_free(&s->bufs[i]);
	fd_close(&s->fd);
	free(s);
	return r < 0 ? err_at(e, "--show") : 0;
}
