/*
 * objects - two kinds of feed.  An object that was put is decoded into an
 * arena and from there into the model, which keeps a copy of its own, so the
 * arena is empty again after each object.
 */
#include "kube-proxy-mini/watch/objects.h"

#include "kube-proxy-mini/watch/decode_service.h"
#include "kube-proxy-mini/watch/decode_slice.h"

#define DECODE_BYTES_MAX (16u << 20)

/* The time that the endpoint controller writes into a slice, RFC 3339. */
#define TRIGGER_TIME "endpoints.kubernetes.io/last-change-trigger-time"

/* kube-proxy's own selector */
#define SELECTOR                                                               \
	"!service.kubernetes.io/headless,"                                     \
	"!service.kubernetes.io/service-proxy-name"

static int put_service(void *context, const struct node *object,
	struct field_reader *r, struct err *e)
{
	struct objects_feed *f = context;
	struct objects *o = f->objects;
	struct model_service service;
	int done;

	r->arena = &o->memory;
	done = decode_service(object, r, &service, e);
	if (done == 0)
		done = model_put_service(o->model, &service, e);
	arena_reset(&o->memory);
	return done;
}

static int take_slice(struct objects *o, const struct node *object,
	struct field_reader *r, struct err *e)
{
	struct model_slice slice;
	int got = decode_slice(object, r, &slice, e);

	if (got == 0)
		return model_put_slice(o->model, &slice, e);
	if (got > 0)
		model_delete_slice(o->model, slice.ns, slice.name);
	return got < 0 ? -1 : 0;
}

static int put_slice(void *context, const struct node *object,
	struct field_reader *r, struct err *e)
{
	struct objects_feed *f = context;
	struct objects *o = f->objects;
	int done;

	o->triggered(o->context, node_text(node_path(object, "metadata",
					 "annotations", TRIGGER_TIME, NULL)));
	r->arena = &o->memory;
	done = take_slice(o, object, r, e);
	arena_reset(&o->memory);
	return done;
}

static void drop_service(void *context, struct str ns, struct str name)
{
	const struct objects_feed *f = context;

	model_delete_service(f->objects->model, ns, name);
}

static void drop_slice(void *context, struct str ns, struct str name)
{
	const struct objects_feed *f = context;

	model_delete_slice(f->objects->model, ns, name);
}

static void begin_objects(void *context)
{
	const struct objects_feed *f = context;

	model_list_begin(f->objects->model, f->kind);
}

static void end_objects(void *context)
{
	const struct objects_feed *f = context;

	model_list_end(f->objects->model, f->kind);
}

static void pass_change(void *context, bool is_list)
{
	const struct objects_feed *f = context;
	const struct objects *o = f->objects;

	o->changed(o->context, f->kind, is_list);
}

static const struct feed_kind kinds[] = {
	[MODEL_SERVICES] =
		{
			.name = "services",
			.path = "/api/v1/services",
			.tries_watch_list = true,
			.begin = begin_objects,
			.put = put_service,
			.drop = drop_service,
			.changed = pass_change,
			.end = end_objects,
		},
	[MODEL_SLICES] =
		{
			.name = "endpointslices",
			.path = "/apis/discovery.k8s.io/v1/endpointslices",
			.tries_watch_list = true,
			.begin = begin_objects,
			.put = put_slice,
			.drop = drop_slice,
			.changed = pass_change,
			.end = end_objects,
		},
};

void objects_start(struct objects *o)
{
	o->memory = arena_make(DECODE_BYTES_MAX);
	for (int kind = 0; kind < MODEL_KINDS; kind++) {
		struct objects_feed *f = &o->feeds[kind];

		f->objects = o;
		f->kind = (enum model_kind)kind;
		f->feed.kind = &kinds[kind];
		f->feed.server = o->server;
		f->feed.label_selector = SELECTOR;
		f->feed.context = f;
		feed_start(&f->feed);
	}
}

void objects_stop(struct objects *o)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		feed_stop(&o->feeds[kind].feed);
	arena_free(&o->memory);
}

bool objects_is_synced(const struct objects *o)
{
	for (int kind = 0; kind < MODEL_KINDS; kind++)
		if (!o->feeds[kind].feed.watch.stream.is_synced)
			return false;
	return true;
}
