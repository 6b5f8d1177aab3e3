/* feed: see feed.h. */
#include "kube-proxy-mini/feed.h"
#include "kube-proxy-mini/gunzip.h"
#include "lib/base/log.h"

#include <stdio.h>

static void note_change(struct feed *f)
{
	if (!f->watch.is_list_open)
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

static void on_put(void *context, const struct node *object)
{
	struct feed *f = context;
	struct err e = {0};

	if (f->kind->put(f->context, object, &e) < 0) {
		f->server->metrics->n_refused++;
		log_event(LOG_ERROR, "object left out", "kind", f->kind->name,
			"why", e.text, NULL);
		f->kind->drop(f->context, meta_text(object, "namespace"),
			meta_text(object, "name"));
	}
	note_change(f);
}

static void on_gone(void *context, const struct node *object)
{
	struct feed *f = context;

	f->kind->drop(f->context, meta_text(object, "namespace"),
		meta_text(object, "name"));
	note_change(f);
}

static void on_skipped(
	void *context, struct str ns, struct str name, uint64_t len_bytes)
{
	struct feed *f = context;
	char object[2 * JSONPEEK_TEXT_BYTES + 2], size[24];

	f->server->metrics->n_too_large++;
	snprintf(object, sizeof(object), "%.*s%s%.*s", STR_ARG(ns),
		ns.n > 0 ? "/" : "", STR_ARG(name));
	snprintf(size, sizeof(size), "%llu", (unsigned long long)len_bytes);
	log_event(LOG_ERROR, "object left out: too large", "kind",
		f->kind->name, "object", object, "bytes", size, NULL);
	f->kind->drop(f->context, ns, name);
	note_change(f);
}

static void on_answered(void *context, const struct kube_end *end)
{
	const struct feed *f = context;

	metrics_count_request(
		f->server->metrics, end->status, (double)end->answer_ms / 1000);
	if (end->status == 410)
		f->server->metrics->n_relists++;
}

static const struct kubewatch_sink sink = {
	.list_begin = on_list_begin,
	.put = on_put,
	.gone = on_gone,
	.list_end = on_list_end,
	.skipped = on_skipped,
	.answered = on_answered,
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
	f->watch.name = kind->name;
	f->watch.query = (struct kubequery){
		.path = kind->path,
		.label_selector = f->label_selector,
		.field_selector = f->field_selector,
	};
	f->watch.object_max = FEED_OBJECT_BYTES_MAX;
	f->watch.tries_watch_list = kind->tries_watch_list;
	f->watch.may_be_absent = kind->may_be_absent;
	f->watch.sink = &sink;
	f->watch.context = f;
	kubewatch_start(&f->watch);
}

void feed_stop(struct feed *f)
{
	kubewatch_stop(&f->watch);
}
