/*
 * material_api - what the front needs to ask an API server, made ready by the
 * back: the server's address looked up, files read.
 *
 * Read anew each time, so that rotated tokens and certificates are taken up.
 */
#include "checkpoint-agent/material.h"

#include "lib/base/fd.h"
#include "lib/net/kubeconfig.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ARENA_BYTES_MAX (8u << 20)

static int append(struct buf *b, struct material_head *head,
	enum material_part part, struct str bytes)
{
	buf_str(b, bytes);
	head->bytes[part] = (uint32_t)bytes.n;
	return 0;
}

static int append_source(struct buf *b, struct material_head *head,
	enum material_part part, const struct kubeconfig_source *s,
	struct err *e)
{
	size_t before = b->n;

	if (s->path == NULL)
		return append(b, head, part, s->bytes);
	if (file_read(s->path, b, e) < 0)
		return err_at(e, "API server credentials");
	head->bytes[part] = (uint32_t)(b->n - before);
	return 0;
}

/* Put the first address of a name into u. */
static int look_up(struct url *u, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int why = getaddrinfo(u->host, NULL, &hints, &list);

	if (why != 0)
		return err_set(e, "look up %s: %s", u->host, gai_strerror(why));
	if (list->ai_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, list->ai_addr, sizeof(v4));
		memcpy(u->address, &v4.sin_addr, 4);
		u->address_bytes = 4;
	} else {
		struct sockaddr_in6 v6;

		memcpy(&v6, list->ai_addr, sizeof(v6));
		memcpy(u->address, &v6.sin6_addr, 16);
		u->address_bytes = 16;
	}
	freeaddrinfo(list);
	return 0;
}

static int load(const struct config *c, struct arena *a, struct kubeconfig *k,
	struct err *e)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST");
	const char *port = getenv("KUBERNETES_SERVICE_PORT");

	if (c->kubeconfig[0] != '\0')
		return kubeconfig_load(c->kubeconfig, a, k, e);
	if (host == NULL || port == NULL)
		return err_kind(e, ERR_USAGE,
			"no API server: --kubeconfig is needed outside of a "
			"pod");
	return kubeconfig_in_cluster(host, port, KUBECONFIG_POD_DIR, a, k, e);
}

static int append_all(struct kubeconfig *k, struct buf *b,
	struct material_head *head, struct err *e)
{
	const char *name = k->tls_server_name;

	if (k->server.address_bytes == 0) {
		if (look_up(&k->server, e) < 0)
			return -1;
		name = name != NULL ? name : k->server.host;
	}
	append(b, head, MATERIAL_API_SERVER,
		(struct str){(const char *)&k->server, sizeof(k->server)});
	append(b, head, MATERIAL_API_NAME, str_of(name));
	if (append_source(b, head, MATERIAL_API_CA, &k->ca, e) < 0 ||
		append_source(b, head, MATERIAL_API_CERTIFICATE,
			&k->certificate, e) < 0 ||
		append_source(b, head, MATERIAL_API_KEY, &k->key, e) < 0 ||
		append_source(b, head, MATERIAL_API_TOKEN, &k->token, e) < 0)
		return -1;
	return 0;
}

int material_load_api(const struct config *c, struct buf *packet,
	struct material_head *head, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(ARENA_BYTES_MAX);
	struct kubeconfig k;

	if (load(c, &a, &k, e) < 0)
		return -1;
	return append_all(&k, packet, head, e);
}
