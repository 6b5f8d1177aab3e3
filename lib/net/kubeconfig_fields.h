/*
 * kubeconfig_fields - what a cluster and a user of a kubeconfig say.
 *
 * The reader of whole files is kubeconfig.h.
 * Source: client-go, tools/clientcmd/api/v1/types.go.
 */
#ifndef KEELSON_NET_KUBECONFIG_FIELDS_H
#define KEELSON_NET_KUBECONFIG_FIELDS_H

#include "lib/base/node.h"
#include "lib/net/url.h"

#define KUBECONFIG_BYTES_MAX (4u << 20)

/* One credential: its bytes, a file that has it, or neither. */
struct kubeconfig_source {
	struct str bytes; /* decoded -data, or a token; empty: none */
	const char *path; /* NULL: none */
};

/* Texts are owned by the arena it was read into. */
struct kubeconfig {
	struct url server;
	const char *tls_server_name; /* NULL: the server's host */
	struct kubeconfig_source ca;
	struct kubeconfig_source certificate;
	struct kubeconfig_source key;
	struct kubeconfig_source token;
};

/* What is being read, for messages and for relative paths. */
struct kubeconfig_reading {
	struct arena *a;
	const char *dir;
	struct kubeconfig *out;
	struct err *e;
};

/*
 * Read the `cluster` or `user` of an entry into r->out.  0, or -1 with r->e:
 * ERR_USAGE with line and field; ERR_LIMIT.
 */
int kubeconfig_read_cluster(
	struct kubeconfig_reading *r, const struct node *entry);
int kubeconfig_read_user(
	struct kubeconfig_reading *r, const struct node *entry);

/* Replace the server (--master), keeping the credentials.  ERR_USAGE. */
int kubeconfig_set_server(struct kubeconfig *k, const char *url, struct err *e);

#endif
