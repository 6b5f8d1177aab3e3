/*
 * limits - every bound of the agent's server in one place.
 *
 * The front holds about 100 KiB for each connection (TLS records, a head, an
 * answer), so CONNECTIONS_MAX is also its bound on memory.
 */
#ifndef CHECKPOINT_AGENT_LIMITS_H
#define CHECKPOINT_AGENT_LIMITS_H

#define LIMITS_CONNECTIONS_MAX 256
#define LIMITS_JOBS_MAX        256 /* waiting and running */
#define LIMITS_JOBS_RUNNING    8   /* checkpoints at once; others wait */

#define LIMITS_BODY_BYTES_MAX   (256 * 1024) /* of a request; ignored */
#define LIMITS_ANSWER_BYTES_MAX (256 * 1024)
#define LIMITS_MATERIAL_BYTES   (128 * 1024) /* PEM of certificates and key */

/* How long a client may take, so that slow ones cannot hold all slots. */
#define LIMITS_HANDSHAKE_MS    10000
#define LIMITS_HEAD_MS         10000
#define LIMITS_ASK_MS          30000 /* the API server, for us */
#define LIMITS_BODY_MS         10000
#define LIMITS_WRITE_MS        30000 /* without any progress */
#define LIMITS_IDLE_MS         60000 /* between requests, once known */
#define LIMITS_IDLE_UNKNOWN_MS 3000  /* the same, not authenticated */
#define LIMITS_LINGER_MS       2000  /* to let a last answer arrive */

#define LIMITS_ANSWER_WAIT_MS 5000 /* for the front to take answers */

#define LIMITS_PORT_WAIT_MS 3000 /* for a port that a dead server holds */

/* Ending. */
#define LIMITS_FINISH_MS 10000 /* SIGTERM: jobs may end by themselves */
#define LIMITS_ABORT_MS  20000 /* aborted: thaw and clean, then killed */

#define LIMITS_RELOAD_MS 10000 /* how often files are looked at */
#define LIMITS_SWEEP_MS  60000 /* and archives for their age */

#endif
