<?php
// Messenger on its Doctrine transport, put together as the framework does it: a failed message is tried again in an hour, or goes to `failed`.

use Doctrine\DBAL\DriverManager;
use Psr\Container\ContainerInterface;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\DoctrineTransport;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\PostgreSqlConnection;
use Symfony\Component\Messenger\Event\WorkerRunningEvent;
use Symfony\Component\Messenger\EventListener\SendFailedMessageForRetryListener;
use Symfony\Component\Messenger\EventListener\SendFailedMessageToFailureTransportListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;
use Symfony\Component\Messenger\Transport\Serialization\PhpSerializer;
use Symfony\Component\Messenger\Transport\Serialization\Serializer;
use Symfony\Component\Messenger\Worker;
use Symfony\Contracts\Service\ServiceLocatorTrait;

foreach (['Symfony/Component/Messenger', 'Symfony/Component/Messenger/Bridge/Doctrine', 'Symfony/Component/EventDispatcher', 'Symfony/Component/Serializer',
          'Symfony/Component/PropertyAccess', 'Symfony/Contracts/Service', 'Doctrine/DBAL'] as $part) require_once "$part/autoload.php";
require_once __DIR__ . '/messages.php';

const HOUR = 3600;
const BY_PHP = 'by php'; // the queue whose messages PHP's own serializer writes; all others are JSON

function tell(array $record): void
{
    echo json_encode($record, JSON_UNESCAPED_SLASHES), "\n";
}

class Located implements ContainerInterface
{
    use ServiceLocatorTrait;
}

preg_match('{^postgresql:///(.*)\?host=(.*)&user=(.*)$}', getenv('DATABASE_URL'), $address);
$database = DriverManager::getConnection(['driver' => 'pdo_pgsql', 'dbname' => $address[1], 'host' => $address[2], 'user' => $address[3]]);

function transport(string $queue): DoctrineTransport
{
    global $database;
    $options = PostgreSqlConnection::buildConfiguration('doctrine://default', ['queue_name' => $queue]);
    return new DoctrineTransport(new PostgreSqlConnection($options, $database), $queue === BY_PHP ? new PhpSerializer() : Serializer::create());
}

/** The library's worker, until nothing is due in the queue. */
function work(string $queue): void
{
    $events = new EventDispatcher();
    $senders = new Located([$queue => fn () => transport($queue)]);
    $events->addSubscriber(new SendFailedMessageForRetryListener(
        $senders, new Located([$queue => fn () => new MultiplierRetryStrategy(1, HOUR * 1000)]), null, $events));
    $events->addSubscriber(new SendFailedMessageToFailureTransportListener(new Located([$queue => fn () => transport('failed')])));
    $events->addListener(WorkerRunningEvent::class, fn ($event) => $event->isWorkerIdle() && $event->getWorker()->stop());
    $bus = new MessageBus([new HandleMessageMiddleware(new HandlersLocator([Work::class => ['perform']]))]);
    (new Worker([$queue => transport($queue)], $bus, $events))->run(['sleep' => 1000]);
}
