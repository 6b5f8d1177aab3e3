/*
 * plan_text - plans all Services as a first sync would, prints the operations
 * as lines of nft instead of sending them, and throws the plan away.
 */
#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/plan/diff.h"
#include "kube-proxy-mini/plan/settle.h"
#include "kube-proxy-mini/ruleset/elem_print.h"
#include "kube-proxy-mini/show/show.h"

#include <linux/netfilter/nf_tables.h>

struct printer {
	const struct model_entry *now;
	struct buf *out;
};

static const char *family_name(int family)
{
	return family == MODEL_V4 ? "ip" : "ip6";
}

static const char *type_name(uint8_t type)
{
	switch (type) {
	case NFT_TYPE_IPV4:
		return "ipv4_addr";
	case NFT_TYPE_IPV6:
		return "ipv6_addr";
	case NFT_TYPE_PROTO:
		return "inet_proto";
	case NFT_TYPE_PORT:
		return "inet_service";
	default:
		return "mark";
	}
}

static void print_types(const uint8_t *types, struct buf *out)
{
	for (const uint8_t *t = types; *t; t++)
		buf_fmt(out, "%s%s", t == types ? "" : " . ", type_name(*t));
}

static void print_set(int family, const struct nft_set *s, struct buf *out)
{
	bool is_map = s->flags & NFT_SET_MAP;

	buf_fmt(out, "add %s %s " RULESET_TABLE " %s { type ",
		is_map ? "map" : "set", family_name(family), s->name);
	print_types(s->key, out);
	if (is_map)
		buf_text(out, " : ");
	if (s->is_verdict)
		buf_text(out, "verdict");
	else if (is_map)
		print_types(s->value, out);
	if (s->flags & NFT_SET_INTERVAL)
		buf_text(out, "; flags interval");
	if (s->flags & NFT_SET_EVAL)
		buf_text(out, "; flags dynamic,timeout");
	buf_fmt(out, "; comment \"%s\"; }\n", s->comment);
}

static void print_operation(void *context, enum nft_op op,
	const struct elem *el, struct str port_name)
{
	struct printer *p = context;
	const struct nft_set *set = ruleset_set(
		(enum model_family)el->family, (enum ruleset_set)el->set);

	(void)op;
	buf_fmt(p->out, "add element %s " RULESET_TABLE " %s { ",
		family_name(el->family), set->name);
	elem_print(el, p->out);
	buf_fmt(p->out, " } # %s%s%.*s\n", p->now->name, port_name.n ? ":" : "",
		STR_ARG(port_name));
}

int show_plan(
	struct model *m, const struct env *env, struct buf *out, struct err *e)
{
	struct printer p = {NULL, out};
	struct settle s;
	int r;

	settle_make(&s);
	model_touch_all(m);
	r = settle_plan(&s, m, env, e);
	for (int f = 0; f < MODEL_FAMILIES && r == 0; f++) {
		if (!env->has_family[f])
			continue;
		buf_fmt(out, "add table %s " RULESET_TABLE "\n",
			family_name(f));
		for (int i = 0; i < RULESET_SETS; i++)
			print_set(f,
				ruleset_set((enum model_family)f,
					(enum ruleset_set)i),
				out);
	}
	buf_text(out, "# chains and rules are always the same: "
		      "docs/kube-proxy-mini-ruleset.md\n");
	for (p.now = s.planned; p.now && r == 0; p.now = p.now->next_planned)
		diff_records(NULL, p.now->next, print_operation, &p);
	settle_drop(&s, m);
	settle_free(&s);
	return out->full && r == 0 ? err_kind(e, ERR_LIMIT, "too much to print")
				   : r;
}
