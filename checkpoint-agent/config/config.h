/*
 * config - the settings of `serve`: the kubelet's flag names where the meaning
 * is the same, a KubeletConfiguration-style file, and defaults.
 *
 * The command line overrides the file, the file overrides the defaults.
 */
#ifndef CHECKPOINT_AGENT_CONFIG_CONFIG_H
#define CHECKPOINT_AGENT_CONFIG_CONFIG_H

#include "checkpoint-agent/ipc/dump_options.h"
#include "lib/base/args.h"
#include "lib/base/err.h"

#include <limits.h>
#include <stdint.h>

/* Who may do what, once authenticated. */
enum config_authorization {
	CONFIG_GROUPS,       /* members of the allowed groups */
	CONFIG_ALWAYS_ALLOW, /* every authenticated user */
	CONFIG_WEBHOOK,      /* the API server decides: SubjectAccessReview */
};

/* What is served besides health and metrics. */
struct config_features {
	bool has_checkpoint; /* POST /checkpoint/{ns}/{pod}/{container} */
	bool has_pods;       /* POST /checkpoint/{ns}/{pod} */
	bool has_archives;   /* GET and DELETE below /checkpoints */
};

/* How the back carries out jobs. */
struct config_jobs {
	const char *dir; /* of archives, made 0700: ROOT-DIR/checkpoints */
	/*
	 * Where the node's root directory is visible: "" when it is our own,
	 * "/proc/1/root" or a mount such as "/host" in a container.  OCI state
	 * and bundles, and the layers they name, are looked up below it.
	 */
	const char *host_root;
	struct args_list runtime_roots; /* OCI state; empty: the usual ones */
	const char *cri_endpoint;       /* unix:// socket; "": try the usual */
	struct dump_options dump;       /* has_predump: unless a request says */
	uint64_t default_timeout_ms;    /* of requests without one */
	/* retention; 0: no limit */
	uint64_t keep; /* archives per container */
	uint64_t keep_namespace;
	uint64_t max_bytes; /* of all archives */
	uint64_t min_free_bytes;
	uint64_t max_age_ms;
};

/* Texts belong to the command line or the file and are never freed. */
struct config {
	const char *file; /* --config */

	/* listening */
	const char *address;
	uint64_t port;
	const char *healthz_address; /* plain HTTP for probes */
	uint64_t healthz_port;       /* 0: none */

	/* TLS and authentication */
	const char *cert_file, *key_file; /* both or neither */
	const char *cert_dir;             /* for a self-signed certificate */
	const char *tls_min_version;      /* the kubelet's names */
	bool is_tls13_only;               /* from tls_min_version */
	struct args_list tls_suites;      /* of TLS 1.2; empty: all */
	const char *client_ca_file;       /* "": trust no client certificate */
	bool takes_anonymous;

	/* authorization */
	const char *authorization; /* mode by name; "": Groups */
	enum config_authorization mode;
	struct args_list groups; /* of CONFIG_GROUPS */

	/* the API server, for tokens and CONFIG_WEBHOOK */
	const char *kubeconfig; /* "": the pod's service account */
	const char *hostname;   /* of this node; "": the system's */
	bool takes_tokens;      /* bearer tokens, by TokenReview */
	uint64_t token_ttl_ms;  /* how long its answers are cached */
	uint64_t authorized_ttl_ms;
	uint64_t unauthorized_ttl_ms;

	/* what is served */
	const char *feature_gates; /* "A=true,B=false" */
	struct config_features features;

	const char *root_dir;
	struct config_jobs jobs; /* jobs.dir points to: */
	char dir[PATH_MAX];      /* root_dir/checkpoints */
};

/* The options of serve.  They fill the one config that config_get() returns. */
extern const struct args_option config_options[];

/*
 * After the command line was parsed: read the file, check and complete the
 * settings.  0 or -1 (ERR_USAGE, naming the option or file, line and field).
 */
int config_finish(struct err *e);
const struct config *config_get(void);

/* Do these settings need an API server? */
bool config_needs_api(const struct config *c);

#endif
