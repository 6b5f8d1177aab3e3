/*
 * gone - a slice that came after the last plan is of no interest to the next
 * one and freed at once, so at most one former version of a slice is kept.
 */
#include "kube-proxy-mini/model/gone.h"

#include "kube-proxy-mini/model/store.h"

size_t gone_slice_bytes(size_t packed_len, size_t key_len)
{
	return sizeof(struct model_packed_slice) + packed_len + key_len + 1;
}

static void free_slice(struct model *m, struct model_packed_slice *s)
{
	budget_free(&m->budget, s, gone_slice_bytes(s->n, s->node.key_len));
}

void gone_take(struct model *m, struct model_packed_slice *s)
{
	if (!s->owner->is_followed || s->is_new) {
		free_slice(m, s);
		return;
	}
	s->next = s->owner->gone;
	s->owner->gone = s;
}

void gone_free(struct model *m, struct model_entry *n)
{
	struct model_packed_slice *s;

	while ((s = n->gone)) {
		n->gone = s->next;
		free_slice(m, s);
	}
}
