// Written by `npm run docs` from the schema of the configuration; change that instead.
import type { AlertName } from '#alerts';
import type { Duration } from '#catalog';

/** A configuration as users write it; everything has a default. */
export interface StackInput {
  /** `small` fits on one node, `ha` survives the loss of one. The profile sets defaults, each of which can be overridden. @default `"small"` */
  readonly profile?: 'small' | 'ha';
  /** The namespace of the stack. The stack owns it: only connections that its network policies declare are allowed. @default `"tidewatch"` */
  readonly namespace?: string;
  /** The storage class of all volumes. @default the default class of the cluster */
  readonly storageClass?: string;
  /** Secrets used to pull images. @default `[]` */
  readonly imagePullSecrets?: readonly string[];
  readonly proxy?: {
    /** The image of the proxy. @default the bundled proxy in a stock Node.js image */
    readonly image?: string;
    /** A fixed number of replicas. A single one keeps its state on a volume; several keep none. @default 1 in `small`; autoscaled in `ha` */
    readonly replicas?: number;
    /** Scales with the load, instead of `replicas`. @default none in `small`; on in `ha`, unless `replicas` is set */
    readonly autoscaling?: {
      /** The minimum number of replicas. @default `2` */
      readonly min?: number;
      /** The maximum number of replicas. @default `10` */
      readonly max?: number;
      /** The target average CPU utilization, in percent of the CPU request. @default `70` */
      readonly cpuPercent?: number;
      /** The target average number of requests in flight per replica. It needs a custom metrics adapter in the cluster; `dist/config/prometheus-adapter.yaml` then has its rule. @default scaling by CPU alone */
      readonly requestsInFlight?: number;
    };
    /** The API that requests are forwarded to. @default `"https://api.anthropic.com"` */
    readonly upstreamUrl?: string;
    /** The credentials that requests are sent with. */
    readonly credentials?: {
      /** `pass-through` forwards each client's own credential; `pool` uses those in a Secret. @default `"pass-through"` */
      readonly mode?: 'pass-through' | 'pool';
      /** The Secret of the pool: each key is the name of a credential, each value the credential. @default `"anthropic-proxy-credentials"` */
      readonly secret?: string;
    };
    /** The Secret with the key `salt`, which turns a client's credential into the value of the label `credential`. @default `"anthropic-proxy-salt"` */
    readonly saltSecret?: string;
    /** The log level of the proxy. @default `"info"` */
    readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
    /** How long requests in flight may finish when a pod stops; Claude Code gives up after ten minutes. @default `600` */
    readonly drainSeconds?: number;
    /** Whether the pool takes OAuth tokens of subscriptions, and polls their usage. Sharing a subscription among people may be forbidden by the provider's terms: read them first. @default `false`: such tokens are refused */
    readonly poolOauth?: boolean;
    /** The endpoints that a pool forwards; batches and files stay with the credential that created them. @default `messages`, `count_tokens` and `models` */
    readonly poolEndpoints?: readonly ('messages' | 'count_tokens' | 'models' | 'batches' | 'files')[];
    /** From this utilization of a window on, in percent, a pool uses credentials with more room, unless all have reached it. @default `95` */
    readonly rotateAtPercent?: number;
    /** Host names under which clients reach a pool from outside the cluster, such as that of an Ingress; addresses, `localhost` and names inside the cluster are always accepted. @default none */
    readonly allowedHosts?: readonly string[];
    /** Origins of web pages that may use a pool. @default none: requests of web pages are refused */
    readonly allowedOrigins?: readonly string[];
    /** The maximum number of accounts whose windows are tracked. @default `100` */
    readonly maxAccounts?: number;
    /** The maximum number of connections of one client address. @default `1024` */
    readonly maxConnectionsPerPeer?: number;
    /** The User-Agent of the proxy's own requests. @default `tidewatch/` and the version */
    readonly userAgent?: string;
    /** Rates in USD per million tokens, by the id of the model, in addition to the built-in price table. @default the built-in price table alone */
    readonly prices?: Readonly<Record<string, {
      /** Uncached input tokens. */
      readonly input: number;
      /** Output tokens. */
      readonly output: number;
      /** Tokens read from the prompt cache. */
      readonly cacheRead: number;
      /** Tokens written to the prompt cache for five minutes. */
      readonly cacheWrite5m: number;
      /** Tokens written to the prompt cache for one hour. */
      readonly cacheWrite1h: number;
      /** The first day (UTC) on which the rates hold. @default since the model exists */
      readonly from?: string;
      /** The longest prompt in tokens that the rates cover. @default any length */
      readonly promptUpTo?: number;
      /** The mode that the rates are for. @default `standard` */
      readonly mode?: 'standard' | 'fast';
      /** Other ids of the model. @default none */
      readonly aliases?: readonly string[];
    }>>;
    /** The outbound proxy (HTTP CONNECT) for requests to an upstream with https; `network.egressProxy` says where it is. It takes no user and password. @default requests are sent directly */
    readonly httpsProxy?: string;
    /** Hosts that are reached without `httpsProxy`: `example.com` covers all names below it too, `*.example.com` only those. @default none */
    readonly noProxy?: readonly string[];
    /** The volume for the state of a single replica. @default `"1Gi"` */
    readonly storage?: string;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"250m"`, in `ha` `"500m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"256Mi"`, in `ha` `"384Mi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"2"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"512Mi"`, in `ha` `"768Mi"` */
        readonly memory?: string;
      };
    };
  };
  readonly prometheus?: {
    /** Each replica scrapes all targets, evaluates all rules and stores its own samples. @default `1`, in `ha` `2` */
    readonly replicas?: number;
    /** The label that distinguishes replicas in remote storage; alerts do not have it. @default `"prometheus_replica"` */
    readonly replicaLabel?: string;
    /** Where users open Prometheus; alerts link to it. @default its in-cluster address */
    readonly externalUrl?: string;
    /** How long samples are kept. @default `"30d"` */
    readonly retention?: Duration;
    /** Beyond this size the oldest samples are deleted; about 90% of `storage` is a good value. @default no limit other than `retention` */
    readonly retentionSize?: string;
    /** The volume of each replica. @default `"20Gi"` */
    readonly storage?: string;
    /** How often targets are scraped. @default `"30s"` */
    readonly scrapeInterval?: Duration;
    /** How often rules are evaluated. @default `"30s"` */
    readonly evaluationInterval?: Duration;
    /** Labels added to every series and alert that leaves this Prometheus. @default `{}` */
    readonly externalLabels?: Readonly<Record<string, string>>;
    /** Scrapes the usage of volumes from the kubelets, which requires permission to read the metrics of all nodes. @default `false` */
    readonly volumeStats?: boolean;
    /** Verifies the certificates of the kubelets with the cluster's CA. Turn it off only if kubelets use self-signed certificates: Prometheus then sends its token to whoever answers on their port. @default `true` */
    readonly verifyKubelets?: boolean;
    /** Remote write targets. @default `[]` */
    readonly remoteWrite?: readonly {
      /** The URL of the remote write endpoint. */
      readonly url: string;
      /** The name of this target in Prometheus' own metrics. @default a hash */
      readonly name?: string;
      /** The user name for basic authentication; `passwordKey` names its password. @default no basic authentication */
      readonly username?: string;
      /** The key of the password of `username` in the Secret. */
      readonly passwordKey?: string;
      /** The key of a bearer token in the Secret. @default no bearer token */
      readonly bearerTokenKey?: string;
      /** Headers without secrets, such as `X-Scope-OrgID`. @default `{}` */
      readonly headers?: Readonly<Record<string, string>>;
    }[];
    /** The Secret with the keys that `remoteWrite` refers to. @default `"prometheus-remote-write"` */
    readonly remoteWriteSecret?: string;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"250m"`, in `ha` `"500m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"1Gi"`, in `ha` `"2Gi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"2"`, in `ha` `"4"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"2Gi"`, in `ha` `"4Gi"` */
        readonly memory?: string;
      };
    };
  };
  readonly alertmanager?: {
    /** Replicas form a cluster, so that each notification is sent once. @default `1`, in `ha` `3` */
    readonly replicas?: number;
    /** Where users open Alertmanager; notifications link to it. @default its in-cluster address */
    readonly externalUrl?: string;
    /** The volume of each replica, for silences and the notification log. @default `"1Gi"` */
    readonly storage?: string;
    /** Receivers by name: `page` and `ticket` receive the alerts of that severity, `heartbeat` the Watchdog (for a dead man's switch), any other the alerts whose `alerts.override` names it. @default `page` and `ticket`, which notify nobody */
    readonly receivers?: Readonly<Record<string, readonly ({
      readonly type: 'slack';
      /** The key of the URL of the incoming webhook in the Secret. */
      readonly urlKey: string;
      /** The channel, such as `#llm-proxy`. @default the channel of the incoming webhook */
      readonly channel?: string;
    } | {
      readonly type: 'email';
      /** The recipient. */
      readonly to: string;
      /** The sender, such as `Tidewatch <alerts@example.com>`. */
      readonly from: string;
      /** Host and port of the mail server. */
      readonly smarthost: string;
      /** The user name for the mail server. @default no authentication */
      readonly username?: string;
      /** The key of the password in the Secret. @default none */
      readonly passwordKey?: string;
      /** Whether the mail server must offer STARTTLS. `false` is for a relay without it: notifications, and the password if there is one, can then be read on the network. @default `true` */
      readonly requireTls?: boolean;
    } | {
      readonly type: 'pagerduty';
      /** The key of the integration key (Events API v2) in the Secret. */
      readonly routingKeyKey: string;
    } | {
      readonly type: 'webhook';
      /** The key of the URL in the Secret. */
      readonly urlKey: string;
      /** The key of a bearer token in the Secret. @default none */
      readonly tokenKey?: string;
    })[]>>;
    /** The Secret with the keys that receivers refer to. @default `"alertmanager-receivers"` */
    readonly receiversSecret?: string;
    /** How long to wait before the first notification of a new group. @default `"30s"` */
    readonly groupWait?: Duration;
    /** How long to wait before a notification about new alerts in an existing group. @default `"5m"` */
    readonly groupInterval?: Duration;
    /** How long to wait before a page is repeated. @default `"4h"` */
    readonly repeatInterval?: Duration;
    /** How long to wait before a ticket is repeated. @default `"1d"` */
    readonly ticketRepeatInterval?: Duration;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"50m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"64Mi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"500m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"256Mi"` */
        readonly memory?: string;
      };
    };
  };
  readonly grafana?: {
    /** More than one replica needs `database`, which they share. @default 2 in `ha` with a database, else 1 */
    readonly replicas?: number;
    /** A PostgreSQL database instead of a file on a volume. @default SQLite on a volume */
    readonly database?: {
      /** Host and port. */
      readonly host: string;
      /** The name of the database. @default `"grafana"` */
      readonly name?: string;
      /** The user that Grafana connects as; it must own the tables. @default `"grafana"` */
      readonly user?: string;
      /** The Secret with the password and, if `caKey` is set, the CA certificate. @default `"grafana-database"` */
      readonly secret?: string;
      /** The key of the password in `secret`. @default `"password"` */
      readonly passwordKey?: string;
      /** `require` encrypts; `verify-full` also verifies the server. @default `"verify-full"` */
      readonly sslMode?: 'disable' | 'require' | 'verify-full';
      /** The key of the CA certificate (PEM) in `secret`. @default the CA certificates of the image */
      readonly caKey?: string;
    };
    /** Where users open Grafana; alerts link to it. @default `"http://localhost:3000"` */
    readonly rootUrl?: string;
    /** Exposes Grafana outside the cluster, at the host of `rootUrl`. @default reachable by port-forward only */
    readonly exposure?: {
      readonly kind: 'ingress';
      /** The class of the Ingress. @default the default class of the cluster */
      readonly className?: string;
      /** The Secret with `tls.crt` and `tls.key`; cert-manager creates it if an annotation asks for it. */
      readonly tlsSecret: string;
      /** Annotations of the Ingress, such as those for cert-manager or the ingress controller. @default `{}` */
      readonly annotations?: Readonly<Record<string, string>>;
    } | {
      readonly kind: 'gateway';
      /** The name of the Gateway. */
      readonly gateway: string;
      /** The namespace of the Gateway. */
      readonly gatewayNamespace: string;
      /** The listener of the Gateway that terminates TLS; without it the route would also be served over plain HTTP. */
      readonly listener: string;
    };
    /** The volume for users and settings; there is none with `database`. @default `"2Gi"` */
    readonly storage?: string;
    /** The Secret with the key `password`, which protects Grafana's metrics when `exposure` is set. @default `"grafana-metrics"` */
    readonly metricsSecret?: string;
    /** The Secret with the keys `admin-user`, `admin-password` and `secret-key`, which encrypts Grafana's database. @default `"grafana-admin"` */
    readonly adminSecret?: string;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"100m"`, in `ha` `"250m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"256Mi"`, in `ha` `"384Mi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"1"`, in `ha` `"2"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"768Mi"`, in `ha` `"1Gi"` */
        readonly memory?: string;
      };
    };
  };
  readonly loki?: {
    /** Three or more replicas store each line three times and need `objectStorage`. @default `1`, in `ha` `3` */
    readonly replicas?: number;
    /** How long logs are kept: at least one day. @default `"14d"` */
    readonly retention?: Duration;
    /** Where logs are stored; required in `ha`. @default on the volume of the single replica */
    readonly objectStorage?: {
      /** The host and, if it is not the default, the port. */
      readonly endpoint: string;
      /** An existing bucket. */
      readonly bucket: string;
      /** The region of the bucket. @default the one that the object storage reports */
      readonly region?: string;
      /** The Secret whose key `credentials` is an AWS shared credentials file. @default `"loki-object-storage"` */
      readonly secret?: string;
      /** Use plain HTTP instead of HTTPS. @default `false` */
      readonly insecure?: boolean;
      /** Put the bucket in the path instead of the host name, as MinIO and Ceph need it. @default `false` */
      readonly pathStyle?: boolean;
    };
    /** The volume of each replica: the write-ahead log and, without `objectStorage`, all logs. @default `"20Gi"` */
    readonly storage?: string;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"100m"`, in `ha` `"500m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"384Mi"`, in `ha` `"1Gi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"2"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"1Gi"`, in `ha` `"2Gi"` */
        readonly memory?: string;
      };
    };
  };
  readonly alloy?: {
    /** Replicas divide the pods among themselves and take over those of a failed one. @default `1`, in `ha` `2` */
    readonly replicas?: number;
    /** The volume for the read positions of the logs. @default `"1Gi"` */
    readonly storage?: string;
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"100m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"192Mi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"1"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"512Mi"` */
        readonly memory?: string;
      };
    };
  };
  readonly blackbox?: {
    /** Additional URLs to probe, such as the public one of the proxy; their certificates are monitored too. @default `[]` */
    readonly urls?: readonly string[];
    /** Resource requests and limits of the container. */
    readonly resources?: {
      /** What the node reserves for the container. */
      readonly requests?: {
        /** CPU in cores or millicores, such as 500m. @default `"10m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"32Mi"` */
        readonly memory?: string;
      };
      /** What the container may use: it is throttled above its CPU limit and killed above its memory limit. */
      readonly limits?: {
        /** CPU in cores or millicores, such as 500m. @default `"200m"` */
        readonly cpu?: string;
        /** Memory, such as 512Mi. @default `"64Mi"` */
        readonly memory?: string;
      };
    };
  };
  /** Systems to observe that this stack does not deploy: where their targets are, by the name of the system. @default `{}` */
  readonly systems?: Readonly<Record<string, {
    /** The namespace of its pods. @default it is not a pod */
    readonly namespace?: string;
    /** Labels of those pods. @default all pods of the namespace */
    readonly podLabels?: Readonly<Record<string, string>>;
    /** The port of those pods that serves metrics. @default it is not a pod */
    readonly port?: number;
    /** Hosts and ports that serve metrics, for what is not a pod of this cluster. @default none */
    readonly addresses?: readonly string[];
    /** The `job` under which its metrics reach this Prometheus already; no scrape job is added. @default this Prometheus scrapes it, with its name as `job` */
    readonly scrapedAs?: string;
    /** The path of the metrics. @default `"/metrics"` */
    readonly metricsPath?: string;
    /** The scheme of the metrics endpoint. @default `"http"` */
    readonly scheme?: 'http' | 'https';
  }>>;
  readonly network?: {
    /** Clients of the proxy in addition to namespaces with the label `tidewatch/client: "true"`. @default `[]` */
    readonly clients?: readonly {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
    }[];
    /** The DNS resolvers of the cluster. */
    readonly dns?: {
      /** The namespace of the DNS pods. @default `"kube-system"` */
      readonly namespace?: string;
      /** Values of the label `k8s-app` of those pods. @default `["kube-dns","node-local-dns"]` */
      readonly apps?: readonly string[];
      /** Labels of the DNS pods, where they have no label `k8s-app`. @default selected by `apps` */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Resolvers that are not pods: those of the node. @default `["169.254.20.10/32","169.254.169.254/32"]` */
      readonly cidrs?: readonly string[];
      /** The port of the resolvers, UDP and TCP. @default `53` */
      readonly port?: number;
    };
    /** The Kubernetes API server. */
    readonly apiServer?: {
      /** Addresses of the API server; a managed one may have a public address. @default `["10.0.0.0/8","100.64.0.0/10","172.16.0.0/12","192.168.0.0/16","fc00::/7"]` */
      readonly cidrs?: readonly string[];
      /** The port of the API server and that of its Service: network plugins differ in which one they match. @default `[443,6443]` */
      readonly ports?: readonly number[];
    };
    /** The internet. */
    readonly internet?: {
      /** Addresses of the internet; private and reserved ranges within them are excluded. @default `["0.0.0.0/0","::/0"]` */
      readonly cidrs?: readonly string[];
    };
    /** An egress proxy or gateway for all connections to the internet. @default none */
    readonly egressProxy?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The port of the egress proxy; of pods, the port of the pod. */
      readonly port: number;
    };
    /** The host of `proxy.upstreamUrl`. @default the internet */
    readonly upstream?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The receivers of Alertmanager, except email. @default the internet */
    readonly receivers?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
    };
    /** The port of the receivers, whose URLs are in a Secret; of pods, the port of the pod. @default `443` */
    readonly receiverPort?: number;
    /** The mail server of email receivers. @default `{"cidrs":["0.0.0.0/0","::/0"]}` */
    readonly mail?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The targets of `prometheus.remoteWrite`. @default `{"cidrs":["0.0.0.0/0","::/0"]}` */
    readonly remoteWrite?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The object storage of Loki. @default `{"cidrs":["0.0.0.0/0","::/0"]}` */
    readonly objectStorage?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The database of Grafana. @default `{"cidrs":["10.0.0.0/8","100.64.0.0/10","172.16.0.0/12","192.168.0.0/16","fc00::/7"]}` */
    readonly database?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The hosts of `blackbox.urls`. @default `{"cidrs":["0.0.0.0/0","::/0"]}` */
    readonly probed?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The ports to allow. Network policies apply to the port of a pod: write it where a Service listens on another one. @default those of the URLs or addresses */
      readonly ports?: readonly number[];
    };
    /** The pods of the ingress controller or Gateway in front of Grafana. @default `{"namespace":"ingress-nginx"}` */
    readonly ingress?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
    };
    /** The custom metrics adapter that reads requests in flight for the autoscaler. @default `{"namespace":"monitoring"}` */
    readonly metricsAdapter?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
    };
    /** The nodes, for `prometheus.volumeStats`. @default `{"cidrs":["10.0.0.0/8","100.64.0.0/10","172.16.0.0/12","192.168.0.0/16","fc00::/7"]}` */
    readonly nodes?: {
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
    };
    /** Additional connections to allow. @default `[]` */
    readonly extra?: readonly ({
      /** A component of this stack. */
      readonly component: 'anthropic-proxy' | 'prometheus' | 'alertmanager' | 'grafana' | 'loki' | 'alloy' | 'blackbox-exporter';
      /** `from` allows connections from the peer to the component, `to` those from the component to the peer. */
      readonly direction: 'from' | 'to';
      /** The namespace of the pods. */
      readonly namespace?: string;
      /** Labels of the pods. @default all pods of the namespace */
      readonly podLabels?: Readonly<Record<string, string>>;
      /** Addresses, for anything that is not a pod of this cluster. */
      readonly cidrs?: readonly string[];
      /** The destination ports. */
      readonly ports: readonly number[];
      /** The protocol of the ports. @default `"TCP"` */
      readonly protocol?: 'TCP' | 'UDP';
    })[];
  };
  readonly alerts?: {
    /** Where the runbooks are published; `{alert}` stands for the name of the alert. @default alerts have no runbook link */
    readonly runbookBaseUrl?: string;
    /** Changes to individual alerts, by name. @default `{}` */
    readonly override?: Readonly<Partial<Record<AlertName, {
      /** The threshold, in the unit of the panel. @default the alert's own */
      readonly threshold?: number;
      /** How long the condition must hold before the alert fires. @default the alert's own */
      readonly for?: Duration;
      /** `page` needs someone now, `ticket` can wait for working hours. @default the alert's own */
      readonly severity?: 'page' | 'ticket';
      /** The receiver of the alert, declared in `alertmanager.receivers`. @default that of its severity */
      readonly receiver?: string;
      /** Removes the alert. @default the alert stays */
      readonly drop?: true;
    }>>>;
  };
  /** The registry to pull the images of images.lock.json from, such as `registry.example.com/mirror`; their repositories keep their paths below it. Images that are set explicitly stay as they are. @default the public registries */
  readonly imageRegistry?: string;
  /** Images to use instead of those in images.lock.json. */
  readonly images?: {
    /** Replaces `docker.io/library/node`. @default that of images.lock.json */
    readonly node?: string;
    /** Replaces `quay.io/prometheus/prometheus`. @default that of images.lock.json */
    readonly prometheus?: string;
    /** Replaces `quay.io/prometheus/alertmanager`. @default that of images.lock.json */
    readonly alertmanager?: string;
    /** Replaces `docker.io/grafana/grafana`. @default that of images.lock.json */
    readonly grafana?: string;
    /** Replaces `docker.io/grafana/loki`. @default that of images.lock.json */
    readonly loki?: string;
    /** Replaces `docker.io/grafana/alloy`. @default that of images.lock.json */
    readonly alloy?: string;
    /** Replaces `quay.io/prometheus/blackbox-exporter`. @default that of images.lock.json */
    readonly blackbox?: string;
  };
  /** Who chooses the user and group ids of pods: `fixed` sets those of the images, `platform` leaves them to the cluster, as OpenShift requires. @default `"fixed"` */
  readonly podIdentity?: 'fixed' | 'platform';
}
