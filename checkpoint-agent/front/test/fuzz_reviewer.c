/*
 * Any bytes as what the API server answers to TokenReview and
 * SubjectAccessReview, head, framing and JSON, in pieces of any size: every
 * question is answered, and what is not said in a whole answer is not granted.
 *
 * Byte 0 says how many questions there are and whether they are alike, byte 1
 * how large the pieces are; the rest is received on one kept connection.  TLS
 * is replaced by a table of functions, and so is the connection: when it has
 * ended, nobody answers a new one.
 */
#include "checkpoint-agent/front/reviewer.h"
#include "checkpoint-agent/front/test/fed_tls.h"

#include "lib/base/fd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEPS_MAX     20000
#define QUESTIONS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- the API server ------------------------------------------------ */

/* A connection that has been made and kept; the descriptor is always ready. */
static void give_connection(
	struct kube_call *c, struct tls_config *config, int *peer)
{
	int pair[2];

	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	require(write(pair[1], "x", 1) == 1);
	*peer = pair[1];
	c->tls = calloc(1, sizeof(*c->tls));
	require(c->tls != NULL);
	*c->tls = (struct tls){.ops = &fed_tls_ops, .config = config};
	config->users++;
	c->watch.fd = pair[0];
	c->watch.events = EPOLLOUT;
	require(loop_fd_add(c->loop, &c->watch, NULL) == 0);
	c->state = KUBE_KEPT;
}

/* --- questions ----------------------------------------------------- */

struct asked {
	struct reviewer_question question;
	size_t answers;
	enum reviewer_verdict verdict;
};

static void on_answer(void *context, enum reviewer_verdict verdict)
{
	struct asked *a = context;

	a->answers++;
	a->verdict = verdict;
}

static void check_user(const struct authz_user *u)
{
	require(u->name[0] != '\0');
	require(memchr(u->name, '\0', sizeof(u->name)) != NULL);
	require(u->group_count <= AUTHZ_GROUPS_MAX);
	for (size_t i = 0; i < u->group_count; i++)
		require(memchr(u->group[i], '\0', sizeof(u->group[i])) != NULL);
}

/* Ask, and go on until there is an answer. */
static void ask(struct reviewer *r, struct loop *loop, size_t i, bool is_token)
{
	static const struct authz_user user = {.name = "admin"};
	static const char *const parts[] = {"a", "b", "c", "d"};
	const struct review_access access = {
		.user = &user, .verb = "get", .subresource = parts[i]};
	struct asked a = {.answers = 0};
	size_t before = fed_tls_left();

	a.question.answered = on_answer;
	a.question.context = &a;
	a.verdict =
		is_token ? reviewer_ask_token(r, &a.question, str_of(parts[i]))
			 : reviewer_ask_access(r, &a.question, &access);
	require(a.verdict == REVIEWER_LATER); /* each is another one */
	for (int n = 0; n < STEPS_MAX && a.answers == 0; n++)
		require(loop_step(loop, 10, NULL) == 0);
	require(a.answers == 1 && !a.question.is_asked);
	require(a.question.body.n == 0);
	if (a.verdict == REVIEWER_YES)
		require(before - fed_tls_left() > strlen("HTTP/1.1 200"));
	if (a.verdict == REVIEWER_YES && is_token)
		check_user(&a.question.user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config = {.hostname = "node"};
	static struct reviewer r; /* large */
	struct tls_config tls = {.ops = &fed_tls_ops, .users = 1000};
	struct loop loop;
	int peer;

	if (size < 2)
		return 0;
	fed_tls_feed((struct str){(const char *)data + 2, size - 2},
		1u + data[1] * 64u);
	memset(&r, 0, sizeof(r));
	require(loop_open(&loop, NULL) == 0);
	reviewer_open(&r, &config, &loop);
	/* nothing listens there, should it be asked for a new connection */
	r.api.server = (struct url){.host = "127.0.0.1",
		.port = 1,
		.address = {127, 0, 0, 1},
		.address_bytes = 4};
	r.is_ready = true;
	give_connection(&r.line[0].call, &tls, &peer);
	for (size_t i = 0; i < 1u + data[0] % QUESTIONS_MAX; i++)
		ask(&r, &loop, i, (data[0] >> (2 + i)) & 1);
	reviewer_close(&r);
	loop_close(&loop);
	close(peer);
	return 0;
}
