<?php
// Laravel's queue on its database driver, put together as an application does it.

use Illuminate\Container\Container;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Queue\Events\JobFailed;
use Illuminate\Support\Facades\Facade;

foreach (['Container', 'Bus', 'Database', 'Events', 'Queue'] as $part) require_once "Illuminate/$part/autoload.php";
require_once __DIR__ . '/Work.php';

function tell(array $record): void
{
    echo json_encode($record, JSON_UNESCAPED_SLASHES), "\n";
}

preg_match('{^postgresql:///(.*)\?host=(.*)&user=(.*)$}', getenv('DATABASE_URL'), $address);
$container = new Container();
Container::setInstance($container);
$capsule = new Illuminate\Database\Capsule\Manager($container);
$capsule->addConnection(['driver' => 'pgsql', 'host' => $address[2], 'database' => $address[1], 'username' => $address[3], 'charset' => 'utf8']);
$database = $capsule->getDatabaseManager();
$container->instance(Illuminate\Contracts\Container\Container::class, $container);
$container->instance('db', $database);
$container->singleton(Illuminate\Contracts\Bus\Dispatcher::class, fn () => new Illuminate\Bus\Dispatcher($container));
Facade::setFacadeApplication($container);

$events = new Illuminate\Events\Dispatcher($container);
$container->instance('events', $events);
$container->instance(Illuminate\Contracts\Events\Dispatcher::class, $events);
$queues = new Illuminate\Queue\Capsule\Manager($container);
$queues->addConnection(['driver' => 'database', 'table' => 'jobs', 'queue' => 'default', 'retry_after' => 90]);
$failed = new Illuminate\Queue\Failed\DatabaseUuidFailedJobProvider($database, 'default', 'failed_jobs');
// As `artisan queue:work` does it.
$events->listen(JobFailed::class, fn (JobFailed $event) => $failed->log(
    $event->connectionName, $event->job->getQueue(), $event->job->getRawBody(), $event->exception));

$silent = new class implements ExceptionHandler {
    public function report(Throwable $e) {}
    public function shouldReport(Throwable $e) { return false; }
    public function render($request, Throwable $e) {}
    public function renderForConsole($output, Throwable $e) {}
};
$worker = new Illuminate\Queue\Worker($queues->getQueueManager(), $events, $silent, fn () => false);
