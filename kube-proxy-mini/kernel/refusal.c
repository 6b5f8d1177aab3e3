/*
 * refusal - finds the element at the offset that the kernel reports, and then
 * the planned record, old or new, that holds this element.
 */
#include "kube-proxy-mini/kernel/refusal.h"

#include "kube-proxy-mini/ruleset/elem_print.h"

static bool owns(const struct record *r, const struct elem *el)
{
	if (!r)
		return false;
	if (el->set == RULESET_ENDPOINTS || el->set == RULESET_STICKY)
		return record_has_group(r, el->family, el->of.group);
	if (el->set == RULESET_STICKY_ENDPOINTS)
		return record_has_id(r, el->family, el->of.id);
	for (uint32_t i = 0; i < r->n_elems; i++)
		if (elem_compare(el, &r->elems[i]) == 0)
			return true;
	return false;
}

static struct model_entry *owner_of(
	const struct settle *s, const struct elem *el)
{
	for (struct model_entry *n = s->planned; n; n = n->next_planned)
		if (owns(n->next, el) || owns(n->applied, el))
			return n;
	return NULL;
}

struct model_entry *refusal_explain(const struct netlink_refusal *refusal,
	const struct batch *b, const struct settle *s, struct err *e)
{
	char room[256];
	struct buf text = buf_fixed(room, sizeof(room));
	struct model_entry *owner;
	enum nft_op op;
	struct elem el;

	if (!refusal->is_set) {
		err_at(e, "nftables transaction");
		return NULL;
	}
	if (!batch_find(b, refusal->seq, refusal->offset, &op, &el)) {
		err_at(e, "nftables: tables, chains and rules");
		return NULL;
	}
	elem_print(&el, &text);
	owner = owner_of(s, &el);
	err_at(e, "nftables: %s %s { %s } for Service %s",
		op == NFT_OP_ADD ? "add to" : "delete from",
		ruleset_set(
			(enum model_family)el.family, (enum ruleset_set)el.set)
			->name,
		buf_cstr(&text), owner ? owner->name : "(none)");
	return owner;
}
