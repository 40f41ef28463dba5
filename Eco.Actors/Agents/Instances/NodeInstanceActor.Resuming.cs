using Eco.Actors.Models;
using Eco.Engines.Process;

namespace Eco.Actors.Agents.Instances;

/// <content>A pipeline whose engine process has outlived the agent: it goes on from where it is, and nothing is done twice.</content>
public sealed partial class NodeInstanceActor
{
    /// <summary>Writes down what the former start of this agent may not have; it made each call only after the one before was written down.</summary>
    /// <returns>False: nothing was missing.</returns>
    private bool TakeUp(ResumedPipeline resumed)
    {
        // What was applied since the checkpoint is in the pipeline.
        _replays = [];
        _steps = resumed.Steps;
        if (resumed.Unsettled is { } outcome)
        {
            _steps--;
            OnStepped(new PipelineStepped(_correlation, outcome.Result, outcome.Checkpoint));
            return true;
        }

        if (!resumed.Swaps.IsEmpty
            && resumed.Swaps[^1] is var last
            && State.Arrived.GetValueOrDefault(last.Component) is ModelReference arrived
            && arrived.Hash == last.Hash)
        {
            Execute(new SwapSucceeded(last.Component, arrived.Version, last.AtStep));
            return true;
        }

        return false;
    }
}
