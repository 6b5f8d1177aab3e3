/*
 * feed - stands between kubewatch, which brings objects in order, and a part,
 * which takes them: every event becomes a put or a drop, followed by one call
 * of changed() - for a list, one when it is complete.
 */
#include "kube-proxy-mini/watch/feed.h"

#include "kube-proxy-mini/model/index.h"
#include "kube-proxy-mini/watch/gunzip.h"
#include "lib/base/buf.h"
#include "lib/base/log.h"

#include <stdio.h>

static void pass_change(struct feed *f)
{
	if (!f->watch.stream.is_list_open)
		f->kind->changed(f->context, false);
}

static void on_list_begin(void *context)
{
	struct feed *f = context;

	f->kind->begin(f->context);
}

static void on_list_end(void *context)
{
	struct feed *f = context;

	f->kind->end(f->context);
	f->kind->changed(f->context, true);
}

static struct str meta_text(const struct node *object, const char *key)
{
	return node_text(node_path(object, "metadata", key, NULL));
}

/* Has this line been written before?  If not, it counts as written now. */
static bool is_said(struct feed_said *said, struct str line)
{
	uint32_t hash = index_hash(line.p, line.n) | 1;
	uint32_t *at = &said->hash[(hash ^ hash >> 16) % FEED_SAID_MAX];
	bool is_same = *at == hash;

	*at = hash;
	return is_same;
}

/* "endpointslices demo/web-1" */
static void put_name(
	struct buf *out, const struct feed *f, const struct node *object)
{
	struct str ns = meta_text(object, "namespace");
	struct str name = meta_text(object, "name");

	buf_fmt(out, "%s %.*s%s%.*s", f->kind->name,
		STR_ARG(str_sub(ns, 0, MODEL_NAME_MAX)), ns.n > 0 ? "/" : "",
		STR_ARG(str_sub(name, 0, MODEL_NAME_MAX)));
}

static void note_odd(
	struct feed *f, const struct node *object, const struct field_reader *r)
{
	char name_room[2 * MODEL_NAME_MAX + 64], count[24];
	char line_room[sizeof(name_room) + FIELD_ODD_BYTES];
	struct buf name = buf_fixed(name_room, sizeof(name_room));
	struct buf line = buf_fixed(line_room, sizeof(line_room));

	f->server->counts->odd_values += r->n_odd;
	put_name(&name, f, object);
	buf_fmt(&line, "%s %s", buf_cstr(&name), r->odd);
	if (is_said(f->server->said, buf_view(&line)))
		return;
	snprintf(count, sizeof(count), "%zu", r->n_odd);
	log_event(LOG_WARN, "values not understood; the rest of it counts",
		"object", buf_cstr(&name), "values", r->odd, "count", count,
		NULL);
}

static void on_put(void *context, const struct node *object)
{
	struct feed *f = context;
	struct field_reader r = field_reader_make(NULL);
	struct err e = {0};
	int done = f->kind->put(f->context, object, &r, &e);

	if (r.n_odd > 0)
		note_odd(f, object, &r);
	if (done < 0) {
		f->server->counts->refused++;
		log_event(LOG_ERROR, "object left out", "kind", f->kind->name,
			"why", e.text, NULL);
		f->kind->drop(f->context, meta_text(object, "namespace"),
			meta_text(object, "name"));
	}
	pass_change(f);
}

static void on_gone(void *context, const struct node *object)
{
	struct feed *f = context;

	f->kind->drop(f->context, meta_text(object, "namespace"),
		meta_text(object, "name"));
	pass_change(f);
}

static void on_skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	struct feed *f = context;
	char object[2 * JSONPEEK_TEXT_BYTES + 2], size[24];

	f->server->counts->too_large++;
	snprintf(object, sizeof(object), "%.*s%s%.*s", STR_ARG(ns),
		ns.n > 0 ? "/" : "", STR_ARG(name));
	snprintf(size, sizeof(size), "%llu", (unsigned long long)len_bytes);
	log_event(LOG_ERROR, "object left out: too large", "kind",
		f->kind->name, "object", object, "bytes", size, NULL);
	f->kind->drop(f->context, ns, name);
	pass_change(f);
}

static void on_answered(void *context, const struct kube_end *end)
{
	const struct feed *f = context;

	f->server->answered(f->server->context, end->status, end->answer_ms);
	if (end->status == 410)
		f->server->counts->relists++;
	if (f->kind->answered != NULL)
		f->kind->answered(f->context, end->status);
}

static const struct kubestream_sink sink = {
	.list_begin = on_list_begin,
	.put = on_put,
	.gone = on_gone,
	.list_end = on_list_end,
	.skipped = on_skipped,
};

void feed_set_call(const struct feed_server *s, struct kube_call *call)
{
	call->loop = s->loop;
	call->config = s->kube;
	call->names = s->names;
	call->user_agent = s->user_agent;
	call->coding = &gunzip;
}

void feed_start(struct feed *f)
{
	const struct feed_kind *kind = f->kind;

	feed_set_call(f->server, &f->watch.call);
	f->watch.stream.name = kind->name;
	f->watch.query = (struct kubequery){
		.path = kind->path,
		.label_selector = f->label_selector,
		.field_selector = f->field_selector,
	};
	f->watch.stream.object_max = FEED_OBJECT_BYTES_MAX;
	f->watch.tries_watch_list = kind->tries_watch_list;
	f->watch.may_be_absent = kind->may_be_absent;
	f->watch.stream.sink = &sink;
	f->watch.stream.context = f;
	f->watch.answered = on_answered;
	kubewatch_start(&f->watch);
}

void feed_stop(struct feed *f)
{
	kubewatch_stop(&f->watch);
}
