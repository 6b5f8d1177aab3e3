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
#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>

#define SHOW_BYTES_MAX   ((size_t)256 << 20) /* of addresses gathered */
#define SHOW_CLASSES_MAX 4096

struct address {
	struct elem el;
	char comment[NFT_COMMENT_BYTES];
};

struct show {
	int fd;
	struct str which;
	struct buf found;  /* struct address, one after the other */
	struct buf ranges; /* struct elem */
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

/* Following a class and group. */

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

static void print_end(const struct elem *el, struct buf *out)
{
	bool is_v6 = el->family == MODEL_V6;

	buf_text(out, is_v6 ? "[" : "");
	elem_print_ip((enum model_family)el->family, el->ip, out);
	buf_fmt(out, "%s:%u", is_v6 ? "]" : "", el->port);
}

/* A line for each endpoint, or the word for what happens without. */
static int print_target(
	struct show *s, const char *side, const struct elem *at, struct err *e)
{
	uint32_t slots = at->of.class & 0xffff;
	struct elem end;
	int r = 1;

	if (slots == RULESET_CLASS_REJECT || slots == RULESET_CLASS_DROP) {
		buf_fmt(s->out, "  %-10s %s\n", side,
			slots ? "dropped: no endpoint on this node"
			      : "rejected: no endpoints");
		return 0;
	}
	for (uint32_t i = 0; i < slots && r > 0; i++) {
		r = endpoint_at(s, at, i, &end, e);
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		buf_fmt(s->out, "  %-10s ", i ? "" : side);
		print_end(&end, s->out);
		buf_byte(s->out, '\n');
	}
	return 0;
}

static void print_ranges(struct show *s, const struct elem *at)
{
	const struct elem *list = (const void *)s->ranges.p;
	const char *side = "only from";

	for (size_t i = 0; i < s->ranges.n / sizeof(*list); i++) {
		if (list[i].family != at->family ||
			list[i].proto != at->proto ||
			list[i].port != at->port ||
			memcmp(list[i].ip, at->ip, sizeof(at->ip)) != 0)
			continue;
		buf_fmt(s->out, "  %-10s ", side);
		elem_print_ip(
			(enum model_family)at->family, list[i].client, s->out);
		buf_fmt(s->out, "/%u\n", list[i].bits);
		side = "";
	}
}

static const char *masquerade_words(uint32_t masquerade)
{
	static const char *const words[] = {
		[RULESET_MASQ_NEVER] = "no client",
		[RULESET_MASQ_ALWAYS] = "every client",
		[RULESET_MASQ_OUTSIDE] = "clients that are no pods of here",
		[RULESET_MASQ_LOCAL] = "this node itself",
	};

	return masquerade < sizeof(words) / sizeof(words[0]) ? words[masquerade]
							     : "?";
}

static int print_address(struct show *s, const struct address *a, struct err *e)
{
	struct elem outside = a->el;
	uint32_t timeout_s = timeout_of(s, a->el.of.class);
	int r;

	buf_fmt(s->out, "%s ", a->comment);
	print_end(&a->el, s->out);
	buf_fmt(s->out, "/%s\n", elem_proto_name(a->el.proto));
	if (timeout_s)
		buf_fmt(s->out, "  %-10s %u s\n", "affinity", timeout_s);
	buf_fmt(s->out, "  %-10s %s\n", "masquerade",
		masquerade_words(a->el.of.masquerade));
	print_ranges(s, &a->el);
	if (print_target(s, "inside", &a->el, e) < 0)
		return -1;
	outside.set = RULESET_OUTSIDE;
	r = lookup_one(s->fd, APPLY_TABLE, &outside, e);
	if (r > 0)
		r = print_target(s, "outside", &outside, e);
	return r;
}

/* One line, for the list of all. */
static void print_summary(struct show *s, const struct address *a)
{
	uint32_t slots = a->el.of.class & 0xffff;

	buf_fmt(s->out, "%s ", a->comment);
	print_end(&a->el, s->out);
	buf_fmt(s->out, "/%s ", elem_proto_name(a->el.proto));
	if (slots == RULESET_CLASS_REJECT)
		buf_text(s->out, "rejected\n");
	else if (slots == RULESET_CLASS_DROP)
		buf_text(s->out, "dropped\n");
	else
		buf_fmt(s->out, "%s%u endpoint%s\n",
			slots > RULESET_EXACT ? "at most " : "", slots,
			slots == 1 ? "" : "s");
}

static int print_found(struct show *s, struct err *e)
{
	struct address *list = (void *)s->found.p;
	size_t n = s->found.n / sizeof(*list);

	if (!n && s->which.n)
		return err_kind(e, ERR_ABSENT, "no rules for Service %.*s",
			STR_ARG(s->which));
	if (n)
		qsort(list, n, sizeof(*list), compare_addresses);
	for (size_t i = 0; i < n; i++)
		if (!s->which.n)
			print_summary(s, &list[i]);
		else if (print_address(s, &list[i], e) < 0)
			return -1;
	return 0;
}

int show_service(struct str which, struct buf *out, struct err *e)
{
	struct show *s = calloc(1, sizeof(*s));
	uint32_t port;
	int r = -1;

	if (!s)
		return err_kind(e, ERR_LIMIT, "out of memory");
	*s = (struct show){.fd = -1, .which = which, .out = out};
	s->found = buf_growing(SHOW_BYTES_MAX);
	s->ranges = buf_growing(SHOW_BYTES_MAX);
	if (netlink_open(&s->fd, &port, e) == 0 && gather(s, e) == 0)
		r = print_found(s, e);
	buf_free(&s->found);
	buf_free(&s->ranges);
	fd_close(&s->fd);
	free(s);
	return r < 0 ? err_at(e, "--show") : 0;
}
