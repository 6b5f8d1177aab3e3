/*
 * tls - passes each call to the library that made the config, by its table of
 * functions, and counts the users of a config.
 */
#include "lib/net/tls.h"

void tls_config_free(struct tls_config *c)
{
	if (c == NULL || --c->users > 0)
		return;
	c->ops->free_config(c);
}

int tls_open(struct tls_config *c, int fd, struct tls **out, struct err *e)
{
	if (c->ops->open(c, fd, out, e) < 0)
		return -1;
	(*out)->ops = c->ops;
	(*out)->config = c;
	c->users++;
	return 0;
}

enum tls_result tls_handshake(struct tls *t, struct err *e)
{
	return t->ops->handshake(t, e);
}

enum tls_result tls_read(
	struct tls *t, void *p, size_t n, size_t *got, struct err *e)
{
	*got = 0;
	return t->ops->read(t, p, n, got, e);
}

enum tls_result tls_write(
	struct tls *t, const void *p, size_t n, size_t *put, struct err *e)
{
	*put = 0;
	return t->ops->write(t, p, n, put, e);
}

size_t tls_pending(const struct tls *t)
{
	return t->ops->pending(t);
}

enum tls_result tls_close(struct tls *t)
{
	return t->ops->close(t);
}

const struct tls_peer *tls_peer(const struct tls *t)
{
	return &t->peer;
}

void tls_recheck(struct tls *t, struct tls_config *now)
{
	if (t->ops->recheck != NULL && t->peer.has_certificate)
		t->ops->recheck(t, now);
}

const char *tls_version(const struct tls *t)
{
	return t->ops->version(t);
}

void tls_free(struct tls *t)
{
	struct tls_config *config;

	if (t == NULL)
		return;
	config = t->config;
	t->ops->free(t);
	tls_config_free(config);
}
