/*
 * events - the queue is a ring whose first entry stays until its request has
 * ended; the end of one request sends the next.
 */
#include "kube-proxy-mini/status/events.h"

#include "lib/base/json.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <time.h>

#define IDLE_MS        10000
#define BODY_BYTES_MAX 6144

static void put_regarding(struct json_out *o, const struct events_one *one)
{
	json_map(o, "regarding");
	json_text(o, "apiVersion", "v1");
	json_text(o, "kind", one->kind);
	if (one->ns[0] != '\0')
		json_text(o, "namespace", one->ns);
	json_text(o, "name", one->name);
	json_map_end(o);
}

/* MicroTime: always six digits after the second. */
static void put_time(struct json_out *o, int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	char room[48], text[32];
	struct buf b = buf_fixed(room, sizeof(room));
	struct tm t;

	gmtime_r(&seconds, &t);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &t);
	buf_fmt(&b, "%s.%06dZ", text, (int)(wall_ns / 1000 % 1000000));
	json_str(o, "eventTime", buf_view(&b));
}

void events_write(
	const struct events_one *one, const char *node_name, struct buf *out)
{
	struct json_out o = json_out(out, 0);

	json_map(&o, NULL);
	json_text(&o, "apiVersion", "events.k8s.io/v1");
	json_text(&o, "kind", "Event");
	json_map(&o, "metadata");
	json_text(&o, "generateName", "kube-proxy-mini-");
	json_text(&o, "namespace", one->ns[0] != '\0' ? one->ns : "default");
	json_map_end(&o);
	put_time(&o, one->wall_ns);
	json_text(&o, "reportingController", "kube-proxy");
	json_text(&o, "reportingInstance", node_name);
	json_text(&o, "action", "Listen");
	json_text(&o, "type", "Warning");
	json_text(&o, "reason", one->reason);
	json_text(&o, "note", one->note);
	put_regarding(&o, one);
	json_map_end(&o);
}

static void send_first(struct events *v)
{
	const struct events_one *one = &v->queue[v->first];
	char target[512], room[BODY_BYTES_MAX];
	struct buf path = buf_fixed(target, sizeof(target));
	struct buf body = buf_fixed(room, sizeof(room));
	struct kube_request r = {
		.method = "POST", .idle_ms = IDLE_MS, .whole_ms = IDLE_MS};

	buf_fmt(&path, "/apis/events.k8s.io/v1/namespaces/%s/events",
		one->ns[0] != '\0' ? one->ns : "default");
	events_write(one, v->node_name, &body);
	r.target = buf_view(&path);
	r.body = buf_view(&body);
	v->is_sending = true;
	kube_send(&v->call, &r);
}

static int drop_body(void *context, struct str piece, struct err *e)
{
	(void)context;
	(void)piece;
	(void)e;
	return 0;
}

static void on_sent(void *context, const struct kube_end *end)
{
	struct events *v = context;

	if (end->status != 201 && end->status != 200)
		log_event(LOG_WARN, "event not sent", "reason",
			v->queue[v->first].reason, "why",
			end->error != NULL ? end->error->text
					   : "refused by the server",
			NULL);
	v->first = (v->first + 1) % EVENTS_QUEUE_MAX;
	v->n--;
	v->is_sending = false;
	if (v->n > 0)
		send_first(v);
}

void events_warn(struct events *v, const struct events_one *one)
{
	if (v->queue == NULL || v->n == EVENTS_QUEUE_MAX)
		return;
	v->queue[(v->first + v->n) % EVENTS_QUEUE_MAX] = *one;
	v->n++;
	if (!v->is_sending)
		send_first(v);
}

int events_open(struct events *v, struct err *e)
{
	v->queue = calloc(EVENTS_QUEUE_MAX, sizeof(*v->queue));
	if (v->queue == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for events");
	v->call.body = drop_body;
	v->call.done = on_sent;
	v->call.context = v;
	kube_open(&v->call);
	return 0;
}

void events_close(struct events *v)
{
	if (v->queue == NULL)
		return;
	kube_close(&v->call);
	free(v->queue);
	v->queue = NULL;
}
