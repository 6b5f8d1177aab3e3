/*
 * source: see source.h.  One sink serves both watches; a table says what
 * differs between the kinds.
 */
#include "kube-proxy-mini/source.h"
#include "kube-proxy-mini/decode.h"
#include "kube-proxy-mini/proxy.h"
#include "kube-proxy-mini/serve.h"
#include "lib/base/log.h"

#include <stdio.h>

#define DECODE_BYTES_MAX (16u << 20)

/* kube-proxy's own selector */
#define SELECTOR                                                               \
	"!service.kubernetes.io/headless,"                                     \
	"!service.kubernetes.io/service-proxy-name"

typedef int take(struct source *s, const struct node *object, struct err *e);
static take take_service, take_slice;

static const struct {
	const char *name;
	const char *path;
	take *put;
	void (*delete)(struct model *m, struct str ns, struct str name);
} kinds[] = {
	[MODEL_SERVICES] = {"services", "/api/v1/services", take_service,
		model_delete_service},
	[MODEL_SLICES] = {"endpointslices",
		"/apis/discovery.k8s.io/v1/endpointslices", take_slice,
		model_delete_slice},
};

static int take_service(
	struct source *s, const struct node *object, struct err *e)
{
	struct model_service service;

	if (decode_service(object, &s->memory, &service, e) < 0)
		return -1;
	return model_put_service(s->model, &service, e);
}

static int take_slice(
	struct source *s, const struct node *object, struct err *e)
{
	struct model_slice slice;
	int got = decode_slice(object, &s->memory, &slice, e);

	latency_note_change(&s->metrics->latency,
		node_text(node_path(object, "metadata", "annotations",
			LATENCY_ANNOTATION, NULL)));
	if (got < 0)
		return -1;
	if (got > 0) {
		model_delete_slice(s->model, slice.ns, slice.name);
		return 0;
	}
	return model_put_slice(s->model, &slice, e);
}

/* --------------------------------------------------------------- the sink */

/* An object was put or is gone; lists repeat what is known. */
static void note_change(struct source_feed *f)
{
	if (!f->watch.is_list_open)
		metrics_note_change(
			f->source->metrics, f->kind, serve_wall_ns());
	f->source->changed(f->source->context);
}

static void on_list_begin(void *context)
{
	struct source_feed *f = context;

	model_list_begin(f->source->model, f->kind);
}

static void on_list_end(void *context)
{
	struct source_feed *f = context;

	model_list_end(f->source->model, f->kind);
	f->source->changed(f->source->context);
}

static void on_put(void *context, const struct node *object)
{
	struct source_feed *f = context;
	struct err e = {0};

	if (kinds[f->kind].put(f->source, object, &e) < 0) {
		f->source->metrics->n_refused++;
		log_event(LOG_ERROR, "object left out", "why", e.text, NULL);
	}
	arena_reset(&f->source->memory);
	note_change(f);
}

static void on_gone(void *context, const struct node *object)
{
	struct source_feed *f = context;
	struct str ns, name;
	struct err e = {0};

	if (decode_name(object, &ns, &name, &e) < 0) {
		f->source->metrics->n_refused++;
		log_event(LOG_ERROR, "deletion not understood", "why", e.text,
			NULL);
		return;
	}
	kinds[f->kind].delete(f->source->model, ns, name);
	note_change(f);
}

static void on_skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	const struct source_feed *f = context;
	char object[2 * MODEL_NAME_MAX + 2], size[24];

	f->source->metrics->n_too_large++;
	snprintf(object, sizeof(object), "%.*s/%.*s",
		STR_ARG(str_sub(ns, 0, MODEL_NAME_MAX)),
		STR_ARG(str_sub(name, 0, MODEL_NAME_MAX)));
	snprintf(size, sizeof(size), "%llu", (unsigned long long)len_bytes);
	log_event(LOG_ERROR, "object left out: too large", "kind",
		kinds[f->kind].name, "object", object, "bytes", size, NULL);
}

static void on_answered(void *context, unsigned int status)
{
	const struct source_feed *f = context;

	metrics_count_code(f->source->metrics, status);
	if (status == 410)
		f->source->metrics->n_relists++;
}

static const struct kubewatch_sink sink = {
	.list_begin = on_list_begin,
	.put = on_put,
	.gone = on_gone,
	.list_end = on_list_end,
	.skipped = on_skipped,
	.answered = on_answered,
};

/* ---------------------------------------------------------- start and stop */

void source_start(struct source *s)
{
	s->memory = arena_make(DECODE_BYTES_MAX);
	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		struct source_feed *f = &s->feeds[kind];

		f->source = s;
		f->kind = (enum model_kind)kind;
		f->watch.call.loop = s->loop;
		f->watch.call.config = s->kube;
		f->watch.call.user_agent = s->user_agent;
		f->watch.name = kinds[kind].name;
		f->watch.query = (struct kubequery){
			.path = kinds[kind].path,
			.label_selector = SELECTOR,
		};
		f->watch.object_max = PROXY_OBJECT_BYTES_MAX;
		f->watch.tries_watch_list = true;
		f->watch.sink = &sink;
		f->watch.context = f;
		kubewatch_start(&f->watch);
	}
}

void source_stop(struct source *s)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		kubewatch_stop(&s->feeds[kind].watch);
	arena_free(&s->memory);
}

bool source_is_synced(const struct source *s)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		if (!s->feeds[kind].watch.is_synced)
			return false;
	return true;
}
