// Alloy for tests: the components that a log pipeline needs, from the sources of its release, behind the commands and
// flags of the release that the tests and the manifests use. The release itself has hundreds of components more.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/grafana/ckit/peer"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"

	"github.com/grafana/alloy/internal/alloyseed"
	"github.com/grafana/alloy/internal/component"
	_ "github.com/grafana/alloy/internal/component/discovery/kubernetes"
	_ "github.com/grafana/alloy/internal/component/discovery/relabel"
	_ "github.com/grafana/alloy/internal/component/loki/process"
	_ "github.com/grafana/alloy/internal/component/loki/source/kubernetes"
	_ "github.com/grafana/alloy/internal/component/loki/write"
	"github.com/grafana/alloy/internal/featuregate"
	"github.com/grafana/alloy/internal/runtime"
	"github.com/grafana/alloy/internal/runtime/logging"
	"github.com/grafana/alloy/internal/runtime/tracing"
	"github.com/grafana/alloy/internal/service"
	"github.com/grafana/alloy/internal/service/cluster"
	"github.com/grafana/alloy/internal/service/cluster/discovery"
	"github.com/grafana/alloy/internal/service/http"
	"github.com/grafana/alloy/internal/service/labelstore"
	"github.com/grafana/alloy/internal/service/livedebugging"
	"github.com/grafana/alloy/internal/service/remotecfg"
	"github.com/grafana/alloy/internal/validator"
	"github.com/grafana/alloy/syntax/diag"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/printer"
)

// version is set at link time.
var version = "unknown"

const stability = featuregate.StabilityGenerallyAvailable

// runFlags are those flags of `run` that change what it does.
type runFlags struct {
	storagePath   string
	listenAddress string
	memoryAddress string
	clustered     bool
	clusterName   string
	nodeName      string
	advertise     string
	join          string
	configPath    string
}

func main() {
	if err := command(os.Args[1:]); err != nil {
		var diagnostics diag.Diagnostics
		if !errors.As(err, &diagnostics) {
			fmt.Fprintln(os.Stderr, "Error:", err)
		}
		for _, one := range diagnostics {
			fmt.Fprintln(os.Stderr, one.Error())
		}
		os.Exit(1)
	}
}

func command(args []string) error {
	if len(args) == 0 {
		return errors.New("name a command: run, validate, fmt or --version")
	}
	switch args[0] {
	case "--version":
		fmt.Printf("alloy, version v%s (components for logs)\n", version)
		return nil
	case "validate":
		return validate(args[1:])
	case "fmt":
		return format(args[1:])
	case "run":
		flags, err := parseRunFlags(args[1:])
		if err != nil {
			return err
		}
		return run(flags)
	default:
		return fmt.Errorf("unknown command %q", args[0])
	}
}

func read(path string) (map[string][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{path: text}, nil
}

func validate(args []string) error {
	if len(args) != 1 {
		return errors.New("validate takes one file")
	}
	sources, err := read(args[0])
	if err != nil {
		return err
	}
	err = validator.Validate(validator.Options{
		Sources: sources,
		ServiceDefinitions: []service.Definition{
			(&cluster.Service{}).Definition(),
			(&http.Service{}).Definition(),
			(&labelstore.Service{}).Definition(),
			(&livedebugging.Service{}).Definition(),
		},
		ComponentRegistry: component.NewDefaultRegistry(stability, false),
		MinStability:      stability,
	})
	if err != nil {
		validator.Report(os.Stderr, err, sources)
		return errors.New("validation failed")
	}
	return nil
}

// format compares with the format of the project, as `fmt --test` does; it changes nothing.
func format(args []string) error {
	if len(args) != 2 || args[0] != "--test" {
		return errors.New("fmt takes --test and one file")
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(args[1], text)
	if err != nil {
		return err
	}
	var formatted strings.Builder
	if err := printer.Fprint(&formatted, file); err != nil {
		return err
	}
	if formatted.String()+"\n" != string(text) {
		return fmt.Errorf("file %s is not formatted correctly", args[1])
	}
	return nil
}

func parseRunFlags(args []string) (runFlags, error) {
	var flags runFlags
	set := pflag.NewFlagSet("run", pflag.ContinueOnError)
	set.StringVar(&flags.storagePath, "storage.path", "data-alloy/", "")
	set.StringVar(&flags.listenAddress, "server.http.listen-addr", "127.0.0.1:12345", "")
	set.StringVar(&flags.memoryAddress, "server.http.memory-addr", "alloy.internal:12345", "")
	set.BoolVar(&flags.clustered, "cluster.enabled", false, "")
	set.StringVar(&flags.clusterName, "cluster.name", "", "")
	set.StringVar(&flags.nodeName, "cluster.node-name", "", "")
	set.StringVar(&flags.advertise, "cluster.advertise-address", "", "")
	set.StringVar(&flags.join, "cluster.join-addresses", "", "")
	// Nothing here reports, profiles, bundles or is less than generally available.
	set.Bool("disable-reporting", true, "")
	set.Bool("server.http.enable-pprof", false, "")
	set.Bool("server.http.disable-support-bundle", true, "")
	set.String("stability.level", "generally-available", "")
	if err := set.Parse(args); err != nil {
		return flags, err
	}
	if set.NArg() != 1 {
		return flags, errors.New("run takes one file")
	}
	flags.configPath = set.Arg(0)
	return flags, nil
}

func clusterService(flags runFlags, log *slog.Logger, tracer *tracing.Tracer) (*cluster.Service, error) {
	_, portText, err := net.SplitHostPort(flags.listenAddress)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	advertise := flags.advertise
	if advertise == "" {
		advertise = flags.listenAddress
	}
	name := flags.nodeName
	if name == "" {
		if name, err = os.Hostname(); err != nil {
			return nil, err
		}
	}
	var join []string
	if flags.join != "" {
		join = strings.Split(flags.join, ",")
	}
	discover, err := discovery.NewPeerDiscoveryFn(discovery.Options{
		JoinPeers: join, DefaultPort: port, Logger: log, Tracer: tracer,
	})
	if err != nil {
		return nil, err
	}
	return cluster.New(cluster.Options{
		Log:                 log,
		Metrics:             prometheus.DefaultRegisterer,
		Tracer:              tracer,
		EnableClustering:    flags.clustered,
		NodeName:            name,
		AdvertiseAddress:    advertise,
		RejoinInterval:      time.Minute,
		ClusterMaxJoinPeers: 5,
		ClusterName:         flags.clusterName,
		DiscoverPeers:       discover,
	})
}

func run(flags runFlags) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	logger, err := logging.NewDeferred(os.Stderr)
	if err != nil {
		return err
	}
	log := logger.Slog()
	tracer, err := tracing.New(tracing.DefaultOptions)
	if err != nil {
		return err
	}
	members, err := clusterService(flags, log, tracer)
	if err != nil {
		return err
	}
	var engine *runtime.Runtime
	server := http.New(http.Options{
		Logger:           logger,
		Tracer:           tracer,
		Gatherer:         prometheus.DefaultGatherer,
		ReadyFunc:        func() bool { return engine != nil && engine.Ready() },
		ReloadFunc:       func() error { return errors.New("start again instead") },
		HTTPListenAddr:   flags.listenAddress,
		MemoryListenAddr: flags.memoryAddress,
		MinStability:     stability,
		BundleContext:    http.SupportBundleContext{DisableSupportBundle: true},
	})
	if err := os.MkdirAll(flags.storagePath, 0o750); err != nil {
		return err
	}
	alloyseed.Init(flags.storagePath, log)
	engine, err = runtime.New(runtime.Options{
		Logger:       logger,
		Tracer:       tracer,
		DataPath:     flags.storagePath,
		Reg:          prometheus.DefaultRegisterer,
		MinStability: stability,
		Services: []service.Service{
			members,
			server,
			labelstore.New(log, prometheus.DefaultRegisterer, true),
			livedebugging.New(),
			remotecfg.NewStub(prometheus.DefaultRegisterer),
		},
		TaskShutdownDeadline: 10 * time.Minute,
	})
	if err != nil {
		return err
	}
	return serve(ctx, engine, server, members, flags.configPath)
}

// serve loads the configuration into an engine that runs, joins the others, and waits for the end.
func serve(ctx context.Context, engine *runtime.Runtime, server *http.Service, members *cluster.Service, path string) error {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { engine.Run(ctx) })
	sources, err := read(path)
	if err != nil {
		return err
	}
	parsed, err := runtime.ParseSources(sources)
	if err != nil {
		return err
	}
	server.SetSources(parsed.SourceFiles())
	if err := engine.LoadSource(parsed, nil, filepath.Dir(path)); err != nil {
		return err
	}
	if err := members.ChangeState(ctx, peer.StateParticipant); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
