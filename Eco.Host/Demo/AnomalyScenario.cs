using Eco.Actors.Console;
using Eco.Host.Commands;

namespace Eco.Host.Demo;

/// <summary>The demo over recordings.</summary>
internal static class AnomalyScenario
{
    public static IDemoScenario Of(string folder) => throw new CommandException(
        ConsoleErrorCodes.Refused, $"the recordings in '{folder}' cannot be used yet", "run eco demo without --data");
}
