/*
 * source: see source.h.  Two kinds, each a few functions between the feed
 * and the model.
 */
#include "kube-proxy-mini/source.h"
#include "kube-proxy-mini/decode.h"
#include "kube-proxy-mini/serve.h"

#define DECODE_BYTES_MAX (16u << 20)

/* kube-proxy's own selector */
#define SELECTOR                                                               \
	"!service.kubernetes.io/headless,"                                     \
	"!service.kubernetes.io/service-proxy-name"

static int put_service(void *context, const struct node *object, struct err *e)
{
	struct source_feed *f = context;
	struct source *s = f->source;
	struct model_service service;
	int done;

	done = decode_service(object, &s->memory, &service, e);
	if (done == 0)
		done = model_put_service(s->model, &service, e);
	arena_reset(&s->memory);
	return done;
}

static int take_slice(
	struct source *s, const struct node *object, struct err *e)
{
	struct model_slice slice;
	int got = decode_slice(object, &s->memory, &slice, e);

	if (got == 0)
		return model_put_slice(s->model, &slice, e);
	if (got > 0)
		model_delete_slice(s->model, slice.ns, slice.name);
	return got < 0 ? -1 : 0;
}

static int put_slice(void *context, const struct node *object, struct err *e)
{
	struct source_feed *f = context;
	struct source *s = f->source;
	int done;

	latency_note_change(&s->server->metrics->latency,
		node_text(node_path(object, "metadata", "annotations",
			LATENCY_ANNOTATION, NULL)));
	done = take_slice(s, object, e);
	arena_reset(&s->memory);
	return done;
}

static void drop_service(void *context, struct str ns, struct str name)
{
	const struct source_feed *f = context;

	model_delete_service(f->source->model, ns, name);
}

static void drop_slice(void *context, struct str ns, struct str name)
{
	const struct source_feed *f = context;

	model_delete_slice(f->source->model, ns, name);
}

static void begin_list(void *context)
{
	const struct source_feed *f = context;

	model_list_begin(f->source->model, f->kind);
}

static void end_list(void *context)
{
	const struct source_feed *f = context;

	model_list_end(f->source->model, f->kind);
}

/* Lists repeat what is known: they are no change. */
static void note_change(void *context, bool is_list)
{
	const struct source_feed *f = context;
	struct source *s = f->source;

	if (!is_list)
		metrics_note_change(
			s->server->metrics, f->kind, serve_wall_ns());
	s->changed(s->context);
}

static const struct feed_kind kinds[] = {
	[MODEL_SERVICES] =
		{
			.name = "services",
			.path = "/api/v1/services",
			.tries_watch_list = true,
			.begin = begin_list,
			.put = put_service,
			.drop = drop_service,
			.changed = note_change,
			.end = end_list,
		},
	[MODEL_SLICES] =
		{
			.name = "endpointslices",
			.path = "/apis/discovery.k8s.io/v1/endpointslices",
			.tries_watch_list = true,
			.begin = begin_list,
			.put = put_slice,
			.drop = drop_slice,
			.changed = note_change,
			.end = end_list,
		},
};

void source_start(struct source *s)
{
	s->memory = arena_make(DECODE_BYTES_MAX);
	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		struct source_feed *f = &s->feeds[kind];

		f->source = s;
		f->kind = (enum model_kind)kind;
		f->feed.kind = &kinds[kind];
		f->feed.server = s->server;
		f->feed.label_selector = SELECTOR;
		f->feed.context = f;
		feed_start(&f->feed);
	}
}

void source_stop(struct source *s)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		feed_stop(&s->feeds[kind].feed);
	arena_free(&s->memory);
}

bool source_is_synced(const struct source *s)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		if (!s->feeds[kind].feed.watch.is_synced)
			return false;
	return true;
}
