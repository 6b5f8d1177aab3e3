/*
 * readback - dumps the sets by netlink and follows every address to its
 * endpoints, as a packet would.
 */
#include "kube-proxy-mini/test/readback.h"

#include "kube-proxy-mini/kernel/netlink.h"
#include "kube-proxy-mini/ruleset/class.h"
#include "kube-proxy-mini/ruleset/elem_decode.h"
#include "kube-proxy-mini/ruleset/nftmsg.h"
#include "kube-proxy-mini/test/oracle.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#define ELEMS_MAX   65536
#define CLASSES_MAX 4096

struct reading {
	enum model_family family;
	enum ruleset_set set;
	struct elem list[ELEMS_MAX];
	size_t n;
	struct {
		uint32_t class, timeout_s;
	} classes[MODEL_FAMILIES][CLASSES_MAX];
	size_t n_classes[MODEL_FAMILIES];
};

static int keep_class(struct reading *r, struct str key, struct str verdict)
{
	struct str chain = nftmsg_find(verdict, NFTA_VERDICT_CHAIN);
	uint32_t class, timeout = 0;
	const char *sticky;

	if (key.n != sizeof(class) || r->n_classes[r->family] == CLASSES_MAX)
		return -1;
	memcpy(&class, key.p, sizeof(class));
	sticky = chain.n ? strstr(chain.p, "-sticky-") : NULL;
	if (sticky)
		timeout = (uint32_t)strtoul(sticky + 8, NULL, 10);
	r->classes[r->family][r->n_classes[r->family]].class = class;
	r->classes[r->family][r->n_classes[r->family]++].timeout_s = timeout;
	return 0;
}

static int keep_element(struct reading *r, struct str one, struct err *e)
{
	struct elem_view view = elem_view_of(one);
	struct str data = nftmsg_find(one, NFTA_SET_ELEM_DATA);

	if (r->set == RULESET_CLASSES) {
		if (keep_class(r, view.key,
			    nftmsg_find(data, NFTA_DATA_VERDICT)) < 0)
			return err_set(e, "a class that is none");
		return 0;
	}
	if (r->n == ELEMS_MAX ||
		elem_decode(r->family, r->set, view, &r->list[r->n]) < 0)
		return err_set(e, "an element that is not ours");
	r->n++;
	return 0;
}

static int keep_message(
	void *context, uint16_t type, struct str attrs, struct err *e)
{
	struct str list = nftmsg_find(attrs, NFTA_SET_ELEM_LIST_ELEMENTS);
	struct str one;
	uint16_t t;

	(void)type;
	while (nftmsg_next(&list, &t, &one))
		if (keep_element(context, one, e) < 0)
			return -1;
	return 0;
}

static int read_set(int fd, const char *table, struct reading *r, struct err *e)
{
	char room[256];
	struct buf b = buf_fixed(room, sizeof(room));
	size_t at = nftmsg_begin(
		&b, (struct nftmsg){NFT_MSG_GETSETELEM, NLM_F_DUMP,
			    r->family == MODEL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6,
			    0});
	const char *name = ruleset_set(r->family, r->set)->name;

	nftmsg_text(&b, NFTA_SET_ELEM_LIST_TABLE, table);
	nftmsg_text(&b, NFTA_SET_ELEM_LIST_SET, name);
	nftmsg_end(&b, at);
	if (netlink_dump(fd, buf_view(&b), keep_message, r, e) < 0)
		return err_at(e, "set %s", name);
	return 0;
}

static int read_all(int fd, const char *table, struct reading *r, struct err *e)
{
	for (int f = 0; f < MODEL_FAMILIES; f++)
		for (int s = 0; s < RULESET_SETS; s++) {
			r->family = (enum model_family)f;
			r->set = (enum ruleset_set)s;
			if (s != RULESET_AFFINITY &&
				read_set(fd, table, r, e) < 0)
				return -1;
		}
	return 0;
}

/* Following. */

static int compare(const void *a, const void *b)
{
	return elem_compare(a, b);
}

static const struct elem *find(const struct reading *r, struct elem want)
{
	return bsearch(&want, r->list, r->n, sizeof(want), compare);
}

static int compare_ends(const void *x, const void *y)
{
	const struct elem *a = x, *b = y;
	int d = memcmp(a->ip, b->ip, sizeof(a->ip));

	return d ? d : a->port - b->port;
}

static void print_ip(uint8_t family, const uint8_t *ip, struct buf *b)
{
	for (size_t i = 0; i < MODEL_ADDR_BYTES(family); i++)
		buf_fmt(b, "%02x", ip[i]);
}

/* The endpoint in a slot of a group; NULL when there is none. */
static const struct elem *end_of(const struct reading *r, uint8_t family,
	uint32_t group, uint32_t slot, bool is_sticky)
{
	struct elem want = {.set = RULESET_ENDPOINTS,
		.family = family,
		.of = {.group = group, .slot = slot}};
	const struct elem *found;

	if (!is_sticky)
		return find(r, want);
	want.set = RULESET_STICKY;
	found = find(r, want);
	if (!found)
		return NULL;
	want = (struct elem){.set = RULESET_STICKY_ENDPOINTS,
		.family = family,
		.of = {.id = found->of.id}};
	return find(r, want);
}

static int timeout_of(
	const struct reading *r, const struct elem *el, uint32_t *timeout_s)
{
	for (size_t i = 0; i < r->n_classes[el->family]; i++)
		if (r->classes[el->family][i].class == el->of.class) {
			*timeout_s = r->classes[el->family][i].timeout_s;
			return 0;
		}
	return -1;
}

static int print_target(const struct reading *r, const struct elem *el,
	struct buf *b, struct err *e)
{
	uint32_t slots = class_slots(el->of.class), timeout_s, n = 0;
	static struct elem ends[CLASS_SLOTS_MAX];
	const struct elem *end;

	if (timeout_of(r, el, &timeout_s) < 0)
		return err_set(e, "class %#x has no chain", el->of.class);
	if (slots == CLASS_REJECT || slots == CLASS_DROP) {
		buf_text(b, slots ? "drop" : "reject");
		return 0;
	}
	for (; (end = end_of(r, el->family, el->of.group, n, timeout_s != 0));
		n++)
		ends[n] = *end;
	if (class_slots_for(n) != slots)
		return err_set(e, "group %u: %u endpoints, class of %u slots",
			el->of.group, n, slots);
	buf_fmt(b, "sticky %u ", timeout_s);
	qsort(ends, n, sizeof(ends[0]), compare_ends);
	for (uint32_t i = 0; i < n; i++) {
		print_ip(el->family, ends[i].ip, b);
		buf_fmt(b, "/%u,", ends[i].port);
	}
	return 0;
}

static void print_ranges(
	const struct reading *r, const struct elem *el, struct buf *b)
{
	struct elem want = *el;
	const struct elem *on;

	want.set = RULESET_RANGES_ON;
	on = find(r, want);
	if (!on)
		return;
	buf_text(b, " from ");
	for (size_t i = 0; i < r->n; i++) {
		const struct elem *x = &r->list[i];

		if (x->set != RULESET_RANGES || x->family != el->family ||
			elem_list(x) != on->of.id)
			continue;
		print_ip(x->family, x->client, b);
		buf_fmt(b, "/%u,", x->bits);
	}
}

static int print_address(const struct reading *r, const struct elem *el,
	struct buf *b, struct err *e)
{
	struct elem want = *el;
	const struct elem *outside;

	print_ip(el->family, el->ip, b);
	buf_fmt(b, " %u %u masquerade %u inside ", el->proto, el->port,
		el->of.masquerade);
	if (print_target(r, el, b, e) < 0)
		return -1;
	want.set = RULESET_OUTSIDE;
	outside = find(r, want);
	if (outside) {
		buf_text(b, " outside ");
		if (print_target(r, outside, b, e) < 0)
			return -1;
	}
	print_ranges(r, el, b);
	buf_byte(b, '\n');
	return 0;
}

static int print_all(const struct reading *r, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct elem *el = &r->list[i];

		if (el->set == RULESET_SERVICES) {
			if (print_address(r, el, out, e) < 0)
				return -1;
		} else if (el->set == RULESET_CLUSTER_IPS ||
			   el->set == RULESET_HAIRPIN) {
			buf_text(out, el->set == RULESET_HAIRPIN
					      ? "hairpin "
					      : "cluster-ip ");
			print_ip(el->family, el->ip, out);
			buf_byte(out, '\n');
		}
	}
	return 0;
}

int readback_text(int fd, const char *table, struct buf *out, struct err *e)
{
	struct reading *r = calloc(1, sizeof(*r));
	int result = -1;

	if (!r)
		return err_set(e, "out of memory");
	if (read_all(fd, table, r, e) == 0) {
		qsort(r->list, r->n, sizeof(r->list[0]), compare);
		result = print_all(r, out, e);
	}
	free(r);
	oracle_sort(out);
	return result;
}
