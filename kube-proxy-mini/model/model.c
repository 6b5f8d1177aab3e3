/*
 * model - makes, counts and frees a model, and runs full lists.
 *
 * Every list has a number.  A put stores the number of the list at hand in
 * the object, so at the end of a list the objects with another number are the
 * ones that the list did not contain.
 */
#include "kube-proxy-mini/model/model.h"

#include "kube-proxy-mini/model/entries.h"
#include "kube-proxy-mini/model/store.h"

#include <stdlib.h>

#define MODEL_PACK_MAX ((size_t)8 << 20) /* one packed object */

struct model *model_make(size_t max_bytes)
{
	struct model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->budget.max_bytes = max_bytes;
	m->dirty_end = &m->dirty;
	m->scratch = buf_growing(MODEL_PACK_MAX);
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	model_free_slices(m);
	model_free_entries(m);
	buf_free(&m->scratch);
	free(m);
}

void model_set_node(struct model *m, struct str node_name)
{
	str_copy(node_name, m->node_name, sizeof(m->node_name));
}

void model_list_begin(struct model *m, enum model_kind kind)
{
	m->list[kind]++;
}

void model_list_end(struct model *m, enum model_kind kind)
{
	if (kind == MODEL_SERVICES)
		model_sweep_services(m);
	else
		model_sweep_slices(m);
}

struct model_counts model_count(const struct model *m)
{
	return (struct model_counts){
		.services = m->n_services,
		.endpoints = m->n_endpoints,
		.bytes = m->budget.bytes,
	};
}
