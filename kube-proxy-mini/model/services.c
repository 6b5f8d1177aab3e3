/*
 * services - keeps each Service as one packed block in its entry.
 *
 * Equal Services pack to equal bytes, so comparing the blocks shows whether a
 * put changes anything.
 */
#include "kube-proxy-mini/model/services.h"

#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/key.h"
#include "kube-proxy-mini/model/pack.h"
#include "kube-proxy-mini/model/store.h"

#include <string.h>

static void remove_service(struct model *m, struct model_entry *n)
{
	if (!n->service)
		return;
	budget_free(
		&m->budget, n->service, sizeof(*n->service) + n->service->n);
	n->service = NULL;
	m->n_services--;
}

static int store_service(
	struct model *m, struct model_entry *n, struct str bytes, struct err *e)
{
	struct model_packed_service *s =
		budget_alloc(&m->budget, sizeof(*s) + bytes.n, e);

	if (!s)
		return -1;
	s->n = (uint32_t)bytes.n;
	s->list = m->list[MODEL_SERVICES];
	memcpy(s->bytes, bytes.p, bytes.n);
	remove_service(m, n);
	n->service = s;
	m->n_services++;
	model_change_entry(m, n);
	return 0;
}

static bool is_same_service(
	const struct model_packed_service *s, struct str bytes)
{
	return s && s->n == bytes.n && memcmp(s->bytes, bytes.p, bytes.n) == 0;
}

int model_put_service(
	struct model *m, const struct model_service *s, struct err *e)
{
	struct model_entry *n;
	struct str bytes;
	struct key key;

	if (key_make(s->ns, s->name, &key, e) < 0)
		return -1;
	buf_reset(&m->scratch);
	if (model_pack_service(s, &m->scratch, e) < 0)
		return err_at(e, "Service %s", key.room);
	bytes = buf_view(&m->scratch);
	n = model_need_entry(m, key_view(&key), e);
	if (!n)
		return -1;
	if (is_same_service(n->service, bytes)) {
		n->service->list = m->list[MODEL_SERVICES];
		return 0;
	}
	if (store_service(m, n, bytes, e) < 0) {
		model_drop_if_empty(m, n);
		return err_at(e, "Service %s", key.room);
	}
	return 0;
}

void model_delete_service(struct model *m, struct str ns, struct str name)
{
	struct model_entry *n = model_find(m, ns, name);

	if (!n || !n->service)
		return;
	remove_service(m, n);
	model_change_entry(m, n);
}

void model_sweep_services(struct model *m)
{
	size_t at = 0;
	struct model_entry *n = NULL;

	while ((n = model_each(m, &at, n)))
		if (n->service && n->service->list != m->list[MODEL_SERVICES]) {
			remove_service(m, n);
			model_touch(m, n);
		}
}
